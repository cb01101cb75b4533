namespace Dragoman.Server.Hosting;

/// <summary>Leaves signals alone: the command that runs the host decides what they mean.</summary>
internal sealed class NoopHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
