using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Hosting;
using Dragoman.Testing;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>A gateway with a listener of the surface <c>kiro</c>, the emulated Kiro behind it, a home folder of its own, and a data folder that outlives it.</summary>
internal sealed class KiroRig : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly string _config;
    private readonly bool _hasFile;
    private readonly TimeProvider _time;

    private KiroRig(EmulatorHost upstream, DirectoryInfo folder, string config, bool hasFile, TimeProvider time) => (Upstream, Folder, _config, _hasFile, _time) = (upstream, folder, config, hasFile, time);

    public EmulatorHost Upstream { get; }

    public DirectoryInfo Folder { get; }

    public GatewayHost Gateway { get; private set; } = null!;

    /// <summary>The folder of Kiro's editor in the home folder.</summary>
    public string Cache => Directory.CreateDirectory(Path.Combine(Folder.FullName, "home", ".aws", "sso", "cache")).FullName;

    /// <summary>The configuration's file, where it stands in one.</summary>
    public string ConfigFile => Path.Combine(Folder.FullName, "config.yaml");

    /// <param name="more">More of the configuration.</param>
    /// <param name="time">The clock of gateway and vendor.</param>
    /// <param name="hasFile">Whether the configuration stands in a file, which alone can be changed.</param>
    public static async Task<KiroRig> StartAsync(string more = "", TimeProvider? time = null, bool hasFile = false)
    {
        var upstream = await EmulatorHost.StartAsync(new EmulatorOptions { Time = time ?? TimeProvider.System });
        var at = upstream.Address.ToString().TrimEnd('/');
        var config = $$"""
            listeners:
              - surface: dragoman
              - { surface: kiro, port: 0 }
            request-retry: 0
            flows: { mode: full }
            providers:
              kiro:
                auth-url: {{at}}/kiro/auth
                portal-url: {{at}}/kiro/portal
                oidc-url: '{{at}}/kiro/oidc/{region}'
                service-url: {{at}}/kiro/service
                management-url: {{at}}/kiro/service

            """ + more.Replace("UPSTREAM", at, StringComparison.Ordinal);
        var rig = new KiroRig(upstream, Directory.CreateTempSubdirectory("dragoman-kiro-"), config, hasFile, time ?? TimeProvider.System);
        if (hasFile) await File.WriteAllTextAsync(rig.ConfigFile, config);
        await rig.StartGatewayAsync();
        return rig;
    }

    /// <summary>Stops the gateway and starts it again with the same data.</summary>
    public async Task RestartAsync()
    {
        await Gateway.DisposeAsync();
        await StartGatewayAsync();
    }

    public async Task<SurfaceReply> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Gateway.Addresses[1], path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new SurfaceReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.Concat(answer.Content.Headers).ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => string.Join(", ", pair.Value)));
    }

    /// <summary>Sends a call that is answered with 200.</summary>
    public async Task<JsonNode> AskAsync(string method, string path, string? body = null)
    {
        var reply = await SendAsync(method, path, body);
        reply.Status.ShouldBe(200, $"{method} {path}: {reply.Body}");
        return reply.Json;
    }

    /// <summary>Writes a file as Kiro's editor does.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Cache, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Tokens of somebody who has signed in at the emulated vendor, as the editor's file has them.</summary>
    /// <param name="person">Who.</param>
    public async Task<JsonObject> TokensAsync(string person)
    {
        var at = Upstream.Address;
        var (state, verifier) = ("s", new string('v', 43));
        var challenge = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        using var consent = await _http.GetAsync(new Uri(at, $"/kiro/portal/signin?state={state}&code_challenge={challenge}&code_challenge_method=S256&redirect_uri=http%3A%2F%2Flocalhost%3A3128&redirect_from=KiroIDE&signin_methods=google&emulated_user={person}"));
        var code = HttpUtility.ParseQueryString(consent.Headers.Location!.Query)["code"]!;
        using var tokens = await _http.PostAsync(new Uri(at, "/kiro/auth/oauth/token"), new StringContent(new JsonObject { ["code"] = code, ["code_verifier"] = verifier, ["redirect_uri"] = "http://localhost:3128/oauth/callback?login_option=google" }.ToJsonString(), Encoding.UTF8, "application/json"));
        var body = JsonNode.Parse(await tokens.Content.ReadAsStringAsync())!.AsObject();
        return new JsonObject
        {
            ["accessToken"] = body["accessToken"]!.DeepClone(), ["refreshToken"] = body["refreshToken"]!.DeepClone(), ["profileArn"] = body["profileArn"]!.DeepClone(), ["authMethod"] = "social", ["provider"] = "Google",
            ["expiresAt"] = _time.GetUtcNow().AddHours(1).UtcDateTime.ToString("O"),
        };
    }

    /// <summary>Adds the account of a person by a token file; gives its id here.</summary>
    public async Task<string> AddAsync(string person, string? file = null)
    {
        var path = Write(file ?? $"{person}.json", (await TokensAsync(person)).ToJsonString());
        return (await AskAsync("POST", "/api/token/add-from-scan", new JsonObject { ["path"] = path, ["name"] = person, ["acknowledged"] = true }.ToJsonString()))["account_id"]!.GetValue<string>();
    }

    /// <summary>Opens an address as a browser that follows nothing.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string address) => await _http.GetAsync(new Uri(address));

    /// <summary>Asks a model as a client.</summary>
    public Task<SurfaceReply> ChatAsync(string text = "say:hello there", string model = "claude-sonnet-4.5", string path = "/v1/messages", string more = "")
        => SendAsync("POST", path, new JsonObject { ["model"] = model, ["max_tokens"] = 200, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }) }.ToJsonString()[..^1] + more + "}");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        Folder.Delete(recursive: true);
    }

    private async Task StartGatewayAsync() => Gateway = await GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = _hasFile ? null : _config, ConfigFile = _hasFile ? ConfigFile : null, Port = 0, LogLevel = LogLevel.None, Time = _time, DataFolder = Path.Combine(Folder.FullName, "data"), HomeFolder = Directory.CreateDirectory(Path.Combine(Folder.FullName, "home")).FullName,
    });
}
