using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>A gateway with a configuration file and a listener of CLIProxyAPI's surface, asked with the management key.</summary>
internal sealed class CliProxyFixture : IAsyncDisposable
{
    public const string Secret = "a-secret-of-managers";

    private readonly string _folder;
    private HttpClient _http;

    private CliProxyFixture(string folder, EmulatorHost upstream, GatewayHost gateway, bool hasSecret)
    {
        HasSecret = hasSecret;
        (_folder, Upstream, Gateway) = (folder, upstream, gateway);
        _http = new HttpClient { BaseAddress = gateway.Addresses[^1], Timeout = TimeSpan.FromSeconds(30) };
    }

    public bool HasSecret { get; }

    public EmulatorHost Upstream { get; }

    public GatewayHost Gateway { get; private set; }

    public string File => Path.Combine(_folder, "config.yaml");

    public static Task<CliProxyFixture> StartAsync(string more = "", string? secret = Secret) => StartWithAsync(_ => more, secret);

    public static async Task<CliProxyFixture> StartWithAsync(Func<string, string> more, string? secret = Secret, LogLevel log = LogLevel.None, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-cliproxy-").FullName;
        var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        var file = Path.Combine(folder, "config.yaml");
        var management = secret is null ? "" : $"remote-management:\n  secret-key: {secret} # ours\n";
        await System.IO.File.WriteAllTextAsync(file, $"# the file of a house\nport: 0\n{management}listeners:\n  - {{ surface: cliproxy, port: 0 }}\n{more(upstream.Address.ToString().TrimEnd('/'))}");
        var options = new StartOptions { ConfigFile = file, DataFolder = folder, Port = 0, LogLevel = log };
        return new CliProxyFixture(folder, upstream, await GatewayHost.StartAsync(time is null ? options : options with { Time = time }), secret is not null);
    }

    /// <summary>A call of a management route with the key.</summary>
    public Task<CliProxyAnswer> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
        => AskAsync(method, "/v0/management" + path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), [("Authorization", $"Bearer {Secret}"), .. headers]);

    /// <summary>A call of any route with these headers and no others.</summary>
    public async Task<CliProxyAnswer> AskAsync(string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var all = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new CliProxyAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), all);
    }

    /// <summary>The same gateway anew.</summary>
    public async Task RestartAsync()
    {
        await Gateway.DisposeAsync();
        _http.Dispose();
        Gateway = await GatewayHost.StartAsync(new StartOptions { ConfigFile = File, DataFolder = _folder, Port = 0, LogLevel = LogLevel.None });
        _http = new HttpClient { BaseAddress = Gateway.Addresses[^1], Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Takes the file up at once.</summary>
    public void Reload() => Gateway.Services.GetRequiredService<ConfigWatcher>().Reload();

    public Task<string> FileAsync() => System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal sealed record CliProxyAnswer(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException(Body);

    /// <summary>It is this, and nothing else.</summary>
    public void ShouldBe(int status, string body)
    {
        Body.ShouldBe(body);
        Status.ShouldBe(status);
    }
}
