namespace Dragoman.Management;

/// <summary>Something that happens. Reports until it is cancelled; reporting waits while the listener is slow.</summary>
/// <param name="report">Takes an event: its name and its data.</param>
/// <param name="cancellationToken">The listener has gone.</param>
public delegate Task EventSource(Func<string, object, ValueTask> report, CancellationToken cancellationToken);
