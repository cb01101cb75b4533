using Dragoman.Emulators.Http;
using Dragoman.Emulators.Script;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Emulators;

/// <summary>
/// The providers' APIs on one port over real HTTP: OpenAI Chat and Responses, Anthropic Messages, Gemini and Bedrock, each at its own paths,
/// as strict as the real ones. The base address is <see cref="Address"/> for all of them. The conventions are in the README beside this file.
/// </summary>
public sealed class EmulatorHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly EmulatorServer _server;

    private EmulatorHost(WebApplication application, EmulatorServer server, Uri address)
    {
        _application = application;
        _server = server;
        Address = address;
    }

    /// <summary>Where it listens, without a path: `http://127.0.0.1:PORT/`.</summary>
    public Uri Address { get; }

    /// <summary>Prepared answers, used before anything is generated.</summary>
    public ScriptQueue Script => _server.Script;

    /// <summary>The last requests (control requests excepted), oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _server.Log.All();

    /// <summary>Starts one.</summary>
    public static async Task<EmulatorHost> StartAsync(EmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmulatorOptions();
        var server = new EmulatorServer(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64L * 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(options.Listen, options.Port);
        });
        // A stalled stream is part of the service: do not wait for it at the end.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        // Whoever runs it decides what a signal means: under `serve --demo` the gateway drains before its upstreams go.
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, OwnersLifetime>();
        var application = builder.Build();
        application.Run(server.HandleAsync);
        await application.StartAsync(cancellationToken);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new EmulatorHost(application, server, new Uri(address));
    }

    /// <summary>Forgets script, requests, faults counted and prompts cached.</summary>
    public void Reset() => _server.Reset();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    /// <summary>Leaves signals alone: the owner ends the host by disposing of it.</summary>
    private sealed class OwnersLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
