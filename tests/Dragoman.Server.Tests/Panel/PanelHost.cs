using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Listeners;
using Dragoman.Server.Panel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Panel;

/// <summary>The panel over real HTTP, of files that a test gives it.</summary>
internal sealed class PanelHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PanelHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    /// <summary>Starts it.</summary>
    /// <param name="files">Paths and contents.</param>
    /// <param name="config">The configuration in force.</param>
    public static async Task<PanelHost> StartAsync(IReadOnlyDictionary<string, string> files, Func<GatewayConfig>? config = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSurfaceRouting().AddPanel();
        builder.Services.AddSingleton(new PanelFiles(files.Keys, path => new MemoryStream(Encoding.UTF8.GetBytes(files[path]))));
        builder.Services.AddSingleton(config ?? (static () => new GatewayConfig()));
        var app = builder.Build();
        app.UseRouting();
        app.MapPanel();
        await app.StartAsync();
        return new PanelHost(app);
    }

    /// <summary>Asks for something.</summary>
    public async Task<HttpResponseMessage> AskAsync(string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
