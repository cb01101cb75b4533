namespace Dragoman.Server.Lifetime;

/// <summary>One step of the start: a singleton is made, or opened. What is made first is closed last.</summary>
/// <param name="Service">What is there afterwards.</param>
/// <param name="RunAsync">Takes the step.</param>
internal sealed record StartStep(Type Service, Func<IServiceProvider, CancellationToken, Task> RunAsync)
{
    /// <summary>Opens a service that was registered by <see cref="OpenedServices.AddOpened{T}"/>.</summary>
    public static StartStep Open<T>()
        where T : class
        => new(typeof(T), static async (provider, cancellationToken) =>
        {
            await provider.GetRequiredService<Opening<T>>().OpenAsync(cancellationToken);
            // From here on it is the container's to close, whatever becomes of the steps behind this one.
            provider.GetRequiredService<T>();
        });

    /// <summary>Makes a service, which begins its work by that.</summary>
    public static StartStep Create<T>()
        where T : class
        => new(typeof(T), static (provider, _) =>
        {
            provider.GetRequiredService<T>();
            return Task.CompletedTask;
        });

    /// <summary>Makes a service and has it begin its work.</summary>
    public static StartStep Start<T>(Func<T, CancellationToken, Task> start)
        where T : class
        => new(typeof(T), (provider, cancellationToken) => start(provider.GetRequiredService<T>(), cancellationToken));

    /// <summary>Makes a service that there need not be: its factory gives null where the configuration or the environment does not ask for it.</summary>
    public static StartStep CreateIfWanted<T>()
        where T : class
        => new(typeof(T), static (provider, _) =>
        {
            provider.GetService<T>();
            return Task.CompletedTask;
        });
}
