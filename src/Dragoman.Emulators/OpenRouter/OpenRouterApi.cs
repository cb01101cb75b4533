using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.OpenRouter;

/// <summary>
/// OpenRouter below <c>/openrouter</c>: the page that a person consents at (everybody consents at once; <c>emulated_user=NAME</c> in the address says who it is), the exchange of codes for keys,
/// what a key may do, and Chat Completions.
/// </summary>
internal sealed class OpenRouterApi : IProviderApi
{
    private const string DefaultUser = "user_emulated";

    /// <summary>A user whose keys have a limit; how it is reset stands behind it (<c>user_limited_monthly</c>).</summary>
    private const string LimitedUser = "user_limited";

    private readonly ChatApi _chat = new();

    public OpenRouterGrants Grants { get; } = new();

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request) => call switch
    {
        { Method: "GET", Segments: [_, "auth"] } => Consent(call, request),
        { IsPost: true, Segments: [_, "api", "v1", "auth", "keys"] } => Exchange(call, request),
        { Method: "GET", Segments: [_, "api", "v1", "key"] } or { Method: "GET", Segments: [_, "api", "v1", "auth", "key"] } => Describe(call),
        { Segments: [_, "api", "v1", "chat", "completions"] } or { Segments: [_, "api", "v1", "models", ..] } => _chat.Answer(WithoutPrefix(call), request),
        _ => throw new Refusal(404, "Not Found"),
    };

    public Reply Error(Call call, Refusal refusal)
        => Reply.Json(new JsonObject { ["error"] = new JsonObject { ["message"] = refusal.Message, ["code"] = refusal.Status }, ["user_id"] = null }, refusal.Status);

    private Reply Consent(Call call, RequestContext request)
    {
        var callback = call.Query.GetValueOrDefault("callback_url");
        if (callback is null || !Uri.TryCreate(callback, UriKind.Absolute, out var address)) throw new Refusal(400, "callback_url is required");
        // openrouter.ai/docs: https on any host, or localhost and 127.0.0.1.
        if (address.Scheme != "https" && !(address.Scheme == "http" && address.Host is "localhost" or "127.0.0.1")) throw new Refusal(400, "Invalid callback_url");
        var (challenge, method) = (call.Query.GetValueOrDefault("code_challenge"), call.Query.GetValueOrDefault("code_challenge_method"));
        if (method is not (null or "S256" or "plain")) throw new Refusal(400, "Invalid code_challenge_method");
        var code = Grants.Issue(call.Query.GetValueOrDefault("emulated_user") ?? DefaultUser, challenge, challenge is null ? null : method ?? "plain", request.Options.Time.GetUtcNow(), request.Options.Seed);
        // No state comes back, whatever was sent.
        var back = callback + (address.Query.Length > 0 ? "&" : "?") + "code=" + Uri.EscapeDataString(code);
        return new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Authorized.</p>"u8.ToArray())] }.With("location", back);
    }

    private Reply Exchange(Call call, RequestContext request)
    {
        var body = call.Json ?? throw new Refusal(400, "Invalid JSON");
        if (body["code"].Str() is not { Length: > 0 } code) throw new Refusal(400, "code is required");
        var (key, user) = Grants.Redeem(code, body["code_verifier"].Str(), body["code_challenge_method"].Str() ?? (body["code_verifier"] is null ? null : "plain"), request.Options.Time.GetUtcNow(), request.Options.Seed);
        return Reply.Json(new JsonObject { ["key"] = key, ["user_id"] = user });
    }

    private Reply Describe(Call call)
    {
        if (call.Bearer is not { Length: > 0 } key || key.StartsWith("invalid", StringComparison.Ordinal)) throw new Refusal(401, "No auth credentials found");
        if (Grants.UserOf(key) is not { } user) throw new Refusal(401, "User not found.");
        // The numbers of the documentation's example.
        if (user.StartsWith(LimitedUser, StringComparison.Ordinal))
        {
            return Reply.Json(new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["label"] = $"{key[..12]}...{key[^3..]}", ["limit"] = 100, ["limit_remaining"] = 74.5, ["limit_reset"] = user.Length > LimitedUser.Length ? user[(LimitedUser.Length + 1)..] : null,
                    ["usage"] = 125.5, ["usage_daily"] = 0.25, ["usage_weekly"] = 5, ["usage_monthly"] = 25.5, ["byok_usage"] = 0, ["include_byok_in_limit"] = false,
                    ["is_free_tier"] = false, ["is_provisioning_key"] = false, ["is_management_key"] = false, ["expires_at"] = "2027-12-31T23:59:59Z",
                    ["rate_limit"] = new JsonObject { ["requests"] = -1, ["interval"] = "10s", ["note"] = "This field is deprecated and safe to ignore." },
                },
            });
        }

        return Reply.Json(new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["label"] = $"{key[..12]}...{key[^3..]}", ["limit"] = null, ["limit_remaining"] = null, ["usage"] = 0, ["is_free_tier"] = true, ["is_provisioning_key"] = false,
            },
        });
    }

    private static Call WithoutPrefix(Call call) => new(call.Method, call.Target["/openrouter/api".Length..], call.Headers, call.Body);
}
