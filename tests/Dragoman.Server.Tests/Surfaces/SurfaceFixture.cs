using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>A gateway with a listener of one surface beside its own, and emulated upstreams behind it.</summary>
internal sealed class SurfaceFixture : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private SurfaceFixture(GatewayFixture rig) => Rig = rig;

    /// <summary>The gateway and its upstream.</summary>
    public GatewayFixture Rig { get; }

    /// <summary>The address of the surface's listener.</summary>
    public Uri Address => Rig.Gateway.Addresses[1];

    /// <summary>Starts one.</summary>
    /// <param name="surface">The surface's name.</param>
    /// <param name="more">More of the configuration.</param>
    public static async Task<SurfaceFixture> StartAsync(string surface, string more = "") => new(await GatewayFixture.StartAsync(Listeners(surface) + more));

    /// <summary>Starts one with other accounts.</summary>
    /// <param name="surface">The surface's name.</param>
    /// <param name="config">The configuration, for the address of the upstream.</param>
    /// <param name="home">What stands in for the owner's home folder; null for one that is not there.</param>
    /// <param name="data">The data folder; null for none.</param>
    public static async Task<SurfaceFixture> StartWithAsync(string surface, Func<string, string> config, string? home = null, string? data = null)
        => new(await GatewayFixture.StartWithAsync(address => Listeners(surface) + config(address), home, data));

    /// <summary>Sends a call to the surface's listener.</summary>
    public async Task<SurfaceReply> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new SurfaceReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.Concat(answer.Content.Headers).ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => string.Join(", ", pair.Value)));
    }

    private static string Listeners(string surface) => $"listeners:\n  - surface: dragoman\n  - {{ surface: {surface}, port: 0 }}\n";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Rig.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
internal sealed record SurfaceReply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
}
