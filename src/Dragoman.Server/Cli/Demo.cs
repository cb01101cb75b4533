using Dragoman.Server.Hosting;

namespace Dragoman.Server.Cli;

/// <summary>The emulated upstreams of <c>serve --demo</c>, and what to try with them.</summary>
internal sealed class Demo : IAsyncDisposable
{
    public static Task<Demo> StartAsync(CancellationToken cancellationToken) => Task.FromResult(new Demo());

    public static string Instructions(Uri gateway) => $"Try {gateway}";

    public StartOptions Configure(StartOptions options) => options;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
