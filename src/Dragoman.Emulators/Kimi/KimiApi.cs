using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.Kimi;

/// <summary>
/// Kimi Code below <c>/kimi</c>: device codes (<c>device?user_code=…&amp;emulated_user=NAME[&amp;deny=1]</c> enters one), tokens, and the plan's service with Chat Completions, Messages, models and usage. Every request
/// has to come from the platform that is served and from the device that signed in. The same 403 means that the platform is not served, that the plan has none (<c>free…</c>), or that the quota is used up
/// (<c>spent…</c>). A token <c>kimi-login-NAME</c> is one of a login.
/// </summary>
internal sealed partial class KimiApi : IProviderApi
{
    private const string ClientId = "17e5f671-d194-4dfb-9706-5516cb48c098";
    private const string KnownToken = "kimi-login-";
    private const string Terminated = "access_terminated_error";

    private readonly ChatApi _chat = new();
    private readonly AnthropicApi _messages = new();

    public DeviceCodes Devices { get; } = new(TimeSpan.FromMinutes(15), 5);

    public TokenFamilies Tokens { get; } = new("kimi-access-", "kimi-refresh-", TimeSpan.FromMinutes(15), TimeSpan.FromDays(30));

    public void Clear()
    {
        Devices.Clear();
        Tokens.Clear();
    }

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        if (call is { Method: "GET", Segments: [_, "device"] }) return Enter(call, now);
        if (call is { IsPost: true, Segments: [_, "_revoke" or "_expire"] }) return Control(call.Segments[1] == "_revoke");
        if (call is { Method: "GET", Segments: [_, "_login"] }) return Issued(Tokens.Begin("kimi", $"{ClientId}/{call.Query.GetValueOrDefault("device")}", now, request.Options.Seed), "kimi");
        var device = DeviceOf(call);
        return call switch
        {
            { IsPost: true, Segments: [_, "api", "oauth", "device_authorization"] } => Begin(call, request, device, now),
            { IsPost: true, Segments: [_, "api", "oauth", "token"] } => Token(call, request, device, now),
            { Segments: [_, "coding", "v1", ..] } => Serve(call, request, now),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    public Reply Error(Call call, Refusal refusal) => call.Segments switch
    {
        [_, "api", "oauth", ..] when refusal.Type != Terminated => Reply.Json(new JsonObject { ["error"] = refusal.Code ?? "invalid_request", ["error_description"] = refusal.Message }, refusal.Status),
        [_, "coding", "v1", "messages", ..] => _messages.Error(call, refusal),
        _ => _chat.Error(call, refusal),
    };

    /// <summary>The device, where the platform is one that is served (kimi-code#636).</summary>
    private static string DeviceOf(Call call)
    {
        if (call.Header("x-msh-platform") != "kimi_cli")
            throw new Refusal(403, "Kimi For Coding is currently only available for Coding Agents such as Kimi CLI, Claude Code, Roo Code, Kilo Code, etc.", type: Terminated);
        foreach (var name in (ReadOnlySpan<string>)["x-msh-version", "x-msh-device-name", "x-msh-device-model", "x-msh-os-version"])
            if (string.IsNullOrEmpty(call.Header(name))) throw new Refusal(400, $"The header {name} is missing.");
        return call.Header("x-msh-device-id") is { } device && DeviceForm().IsMatch(device) ? device : throw new Refusal(400, "The header x-msh-device-id is no device id.");
    }

    private Reply Begin(Call call, RequestContext request, string device, DateTimeOffset now)
    {
        if (FormText.Read(call).GetValueOrDefault("client_id") != ClientId) throw new Refusal(400, "Unknown client.", code: "invalid_client");
        var (code, user) = Devices.Begin($"{ClientId}/{device}", now, request.Options.Seed);
        var place = $"http://{call.Header("host")}/kimi/device";
        return Reply.Json(new JsonObject
        {
            ["device_code"] = code, ["user_code"] = user, ["verification_uri"] = place, ["verification_uri_complete"] = $"{place}?user_code={user}", ["expires_in"] = Devices.Seconds, ["interval"] = Devices.Interval,
        });
    }

    private Reply Enter(Call call, DateTimeOffset now)
        => Devices.Enter(call.Query.GetValueOrDefault("user_code"), call.Query.GetValueOrDefault("emulated_user") ?? "kimi", call.Query.ContainsKey("deny"), now)
            ? Reply.Json(new JsonObject { ["entered"] = true }) : throw new Refusal(404, "There is no such code.");

    private Reply Token(Call call, RequestContext request, string device, DateTimeOffset now)
    {
        var form = FormText.Read(call);
        var client = $"{form.GetValueOrDefault("client_id")}/{device}";
        switch (form.GetValueOrDefault("grant_type"))
        {
            case "urn:ietf:params:oauth:grant-type:device_code":
                var (person, error) = Devices.Ask(form.GetValueOrDefault("device_code"), client, now);
                return person is null ? throw new Refusal(400, $"The reason is {error}.", code: error) : Issued(Tokens.Begin(person, client, now, request.Options.Seed), person);
            case "refresh_token":
                return Tokens.Renew(form.GetValueOrDefault("refresh_token"), client, now, request.Options.Seed, out _) is var (access, refresh, owner)
                    ? Issued((access, refresh), owner) : throw new Refusal(400, "The refresh token is not valid.", code: "invalid_grant");
            default:
                throw new Refusal(400, "The grant type is not supported.", code: "unsupported_grant_type");
        }
    }

    /// <summary>The access token is a JWT whose claims say whose it is; only its form is one.</summary>
    private Reply Issued((string Access, string Refresh) tokens, string person)
    {
        var claims = Convert.ToBase64String(JsonExtensions.Bytes(new JsonObject { ["user_id"] = $"user-{person}", ["sub"] = $"sub-{person}" })).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return Reply.Json(new JsonObject
        {
            ["access_token"] = $"eyJhbGciOiJub25lIn0.{claims}.{tokens.Access}", ["refresh_token"] = tokens.Refresh, ["token_type"] = "Bearer", ["expires_in"] = Tokens.AccessSeconds, ["scope"] = "kimi-code",
        });
    }

    /// <summary>What a test does to all logins: their access tokens end, or they themselves.</summary>
    private Reply Control(bool revokes)
    {
        if (revokes) Tokens.RevokeAll();
        else Tokens.Expire();
        return Reply.Json(new JsonObject { ["done"] = true });
    }

    private Reply Serve(Call call, RequestContext request, DateTimeOffset now)
    {
        var person = PersonOf(call, now);
        if (call.Segments is [_, _, _, "usages"]) return Reply.Json(Usage(now));
        if (call.IsPost && person.StartsWith("spent", StringComparison.Ordinal))
            throw new Refusal(403, "You've reached your usage limit for this billing cycle. Your quota will be refreshed in the next cycle.", type: Terminated);
        if (call.IsPost && person.StartsWith("free", StringComparison.Ordinal)) throw new Refusal(403, "Your current plan does not include Kimi Code.", type: Terminated);
        var target = new Call(call.Method, call.Target["/kimi/coding".Length..], call.Headers, call.Body);
        return call.Segments is [_, _, _, "messages", ..] ? _messages.Answer(target, request) : _chat.Answer(target, request);
    }

    private string PersonOf(Call call, DateTimeOffset now)
    {
        if (call.Bearer is { } token)
        {
            if (token.StartsWith(KnownToken, StringComparison.Ordinal) && !token.StartsWith(KnownToken + "invalid", StringComparison.Ordinal)) return token[KnownToken.Length..];
            if (Tokens.Find(token.Split('.')[^1], now) is (var person, AccessState.Good)) return person!;
        }

        throw new Refusal(401, "The API Key appears to be invalid or may have expired. Please verify your credentials and try again.", type: "invalid_authentication_error");
    }

    private static JsonObject Usage(DateTimeOffset now) => new()
    {
        ["usage"] = new JsonObject { ["limit"] = "2048", ["used"] = "512", ["remaining"] = "1536", ["resetAt"] = Iso(now.AddDays(4)) },
        ["limits"] = new JsonArray(new JsonObject
        {
            ["window"] = new JsonObject { ["duration"] = 300, ["timeUnit"] = "TIME_UNIT_MINUTE" },
            ["detail"] = new JsonObject { ["limit"] = "200", ["used"] = "50", ["remaining"] = "150", ["resetAt"] = Iso(now.AddHours(3)) },
        }),
        ["totalQuota"] = new JsonObject { ["limit"] = "100", ["remaining"] = "99" },
    };

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[0-9a-f]{32}$", RegexOptions.None, 10_000)]
    private static partial Regex DeviceForm();
}
