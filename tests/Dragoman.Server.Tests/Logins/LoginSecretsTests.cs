using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Tests.Support;
using Command = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Logins;

/// <summary>
/// What a vendor was given or asked with (tokens, codes, verifiers, the application's secret) is nowhere else: not in a log at its finest level, not in a file, a metric, a recorded
/// request, an error, nor in any answer of the management API.
/// </summary>
public sealed class LoginSecretsTests
{
    /// <summary>Members of bodies and forms that are secret, in every vendor's spelling.</summary>
    private static readonly string[] SecretMembers =
        ["access_token", "refresh_token", "id_token", "accessToken", "refreshToken", "code", "code_verifier", "codeVerifier", "device_code", "deviceCode", "client_secret", "clientSecret", "assertion"];

    private const int LeastLength = 10;

    public static TheoryData<string> Providers => [.. LoginPlan.Providers];

    [Theory, MemberData(nameof(Providers)), Trait("speed", "slow")]
    public async Task What_a_login_holds_is_shown_nowhere(string provider)
    {
        var plan = LoginPlan.Of(provider);
        using var folder = new TempFolder();
        await using var vendor = await EmulatorHost.StartAsync(new EmulatorOptions { KeptRequests = 10_000 });
        var config = folder.File("config.yaml");
        // The configuration is the owner's own file, and is shown masked; what it holds is looked for all the same, in all but this file.
        await File.WriteAllTextAsync(config, "port: 0\nrequest-retry: 0\nflows: { mode: full }\n" + plan.Configuration(vendor.Address.ToString()));
        var data = folder.File("data");
        var shown = new List<(string Where, string Text)>();
        await using (var gateway = Command.Start("serve", "--config", config, "--data", data, "--log-level", "Trace"))
        {
            using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
            var account = await plan.SignInAsync(http, vendor.Address);
            await AskAsync(http, plan, shown, stream: false);
            await AskAsync(http, plan, shown, stream: true);
            await ControlAsync(vendor, plan, "_expire");
            await AskAsync(http, plan, shown, stream: false);
            await ControlAsync(vendor, plan, "_revoke");
            await AskAsync(http, plan, shown, stream: false);
            await AskAsync(http, plan, shown, stream: true);
            using (var usage = await http.PostAsync($"/api/v1/accounts/{account}/quota", null)) shown.Add(("quota", await usage.TextAsync()));
            var flows = JsonNode.Parse(await http.GetStringAsync("/api/v1/flows"))!["flows"]!.AsArray().Select(flow => flow!["id"]!.GetValue<string>()).ToList();
            flows.Count.ShouldBeGreaterThanOrEqualTo(5);
            await ReadAllAsync(http, account, flows, shown);
            shown.Add(("metrics", await http.GetStringAsync("/metrics")));
            gateway.Signal("TERM");
            await gateway.EndAsync(TimeSpan.FromSeconds(20));
            shown.Add(("output", gateway.Out));
            shown.Add(("log", gateway.Error));
        }

        var secrets = SecretsOf(vendor, plan);
        secrets.Count.ShouldBeGreaterThanOrEqualTo(2, "something was held");
        foreach (var secret in secrets)
        {
            foreach (var (where, text) in shown) text.Contains(secret, StringComparison.Ordinal).ShouldBeFalse($"{where} shows {secret[..6]}… ({secret.Length})");
            foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
                (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, $"{file} holds {secret[..6]}…");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: {secrets.Count} secrets, {shown.Count} answers and logs of {shown.Sum(one => one.Text.Length)} letters");
    }

    private static async Task AskAsync(HttpClient http, LoginPlan plan, List<(string, string)> shown, bool stream)
    {
        var body = new JsonObject { ["model"] = plan.Model, ["stream"] = stream, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "say:hello there" }) };
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        shown.Add(("an answer", string.Join('\n', answer.Headers) + await answer.TextAsync()));
    }

    private static async Task ControlAsync(EmulatorHost vendor, LoginPlan plan, string what)
    {
        using var http = new HttpClient();
        // Not every vendor has it: a service account's key is not revoked by a person.
        using var answer = await http.PostAsync(new Uri(vendor.Address, $"/{plan.Vendor}/{what}"), null);
    }

    /// <summary>Every answer of the management API to a reading call, for the account and for each recorded request.</summary>
    private static async Task ReadAllAsync(HttpClient http, string account, IReadOnlyList<string> flows, List<(string, string)> shown)
    {
        var document = JsonNode.Parse(await http.GetStringAsync("/api/v1/openapi.json"))!;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            if (operations!["get"] is null) continue;
            foreach (var id in path.Contains("/flows/", StringComparison.Ordinal) ? flows : [account])
            {
                var address = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]+\}", Uri.EscapeDataString(id), System.Text.RegularExpressions.RegexOptions.NonBacktracking);
                using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
                if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream") continue;
                shown.Add((address, await answer.TextAsync()));
            }
        }

        shown.Count(one => one.Item1.StartsWith("/api/v1/", StringComparison.Ordinal)).ShouldBeGreaterThan(40);
    }

    /// <summary>What the vendor was asked with.</summary>
    private static HashSet<string> SecretsOf(EmulatorHost vendor, LoginPlan plan)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var request in vendor.Requests.Where(request => request.Target.StartsWith($"/{plan.Vendor}/", StringComparison.Ordinal)))
        {
            if (request.Headers.TryGetValue("authorization", out var header)) found.Add(header[(header.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (request.Text.StartsWith('{'))
            {
                foreach (var (name, value) in JsonNode.Parse(request.Text)!.AsObject())
                    if (SecretMembers.Contains(name) && value is JsonValue text && text.TryGetValue<string>(out var secret)) found.Add(secret);
            }
            else if (request.Text.Contains('=', StringComparison.Ordinal))
            {
                var form = HttpUtility.ParseQueryString(request.Text);
                foreach (var name in SecretMembers) if (form[name] is { } secret) found.Add(secret);
            }
        }

        return [.. found.Where(secret => secret.Length >= LeastLength)];
    }
}
