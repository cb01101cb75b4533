using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.CodeWhisperer;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Kiro;

/// <summary>
/// Kiro below <c>/kiro</c>: <c>oidc/REGION</c> is AWS's OIDC, <c>auth</c> and <c>portal</c> Kiro's own sign-in, <c>idp/token</c> a company's identity provider, <c>service</c> the service, and <c>device</c> the page where a code is
/// entered (<c>?user_code=…&amp;emulated_user=NAME[&amp;deny=1]</c>).
/// </summary>
internal sealed class KiroApi : IProviderApi
{
    private readonly CodeWhispererApi _models = new();
    private readonly KiroDevices _devices = new();
    private readonly KiroOidc _oidc;
    private readonly KiroSocial _social;
    private readonly KiroService _service;

    public KiroApi()
    {
        _oidc = new KiroOidc(Grants, _devices);
        _social = new KiroSocial(Grants, _devices);
        _service = new KiroService(Grants, _models);
    }

    public KiroGrants Grants { get; } = new();

    public string? ModelOf(Call call) => call.Segments is [_, "service", ..] ? _models.ModelOf(call) : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call.Segments switch
        {
            [_, "oidc", var region, .. var rest] when call.IsPost => _oidc.Answer(call, request, region, string.Join('/', rest)),
            [_, "auth", .. var rest] when call.IsPost => _social.Answer(call, request, string.Join('/', rest)),
            [_, "portal", "signin"] => _social.Portal(call, request),
            [_, "idp", "token"] when call.IsPost => Company(call, request, now),
            [_, "idp", "begin"] => Begin(call, request, now),
            [_, "device"] => Enter(call, now),
            [_, "expire"] => Expire(),
            [_, "service", var operation] => _service.Answer(call, request, operation),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    public Reply Error(Call call, Refusal refusal) => _models.Error(call, refusal);

    public void Clear()
    {
        Grants.Clear();
        _devices.Clear();
        _oidc.Clear();
        _social.Clear();
    }

    private Reply Enter(Call call, DateTimeOffset now)
    {
        if (!call.Query.TryGetValue("user_code", out var code))
            return Page("<!doctype html><title>Emulated AWS</title><form><label>Code <input name=\"user_code\" autofocus></label> <button>Continue</button></form>");
        return _devices.Enter(code, call.Query.GetValueOrDefault("emulated_user") ?? "ada", call.Query.ContainsKey("deny"), now)
            ? Page("<!doctype html><title>Emulated AWS</title><p>Signed in. You can close this page.</p>") : throw new Refusal(404, "We couldn't find that code");
    }

    /// <summary>What a company's program would have left: the tokens of somebody who has signed in there.</summary>
    private Reply Begin(Call call, RequestContext request, DateTimeOffset now)
    {
        var (access, refresh, seconds) = Grants.Issue(new KiroPerson(call.Query.GetValueOrDefault("emulated_user") ?? "ada", "external"), "company-app", now, request.Options.Seed);
        return Reply.Json(new JsonObject { ["access_token"] = access, ["refresh_token"] = refresh, ["expires_in"] = seconds });
    }

    /// <summary>RFC 6749: a form, and snake_case back.</summary>
    private Reply Company(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = call.BodyText.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
        if (form.GetValueOrDefault("grant_type") != "refresh_token") return OAuthError("unsupported_grant_type");
        if (Grants.Renew(form.GetValueOrDefault("refresh_token"), form.GetValueOrDefault("client_id") ?? "", now, request.Options.Seed) is not var (access, refresh, seconds, _)) return OAuthError("invalid_grant");
        return Reply.Json(new JsonObject { ["access_token"] = access, ["refresh_token"] = refresh, ["expires_in"] = seconds, ["token_type"] = "Bearer" });
    }

    private Reply Expire()
    {
        Grants.ExpireAll();
        return Page("expired");
    }

    private static Reply OAuthError(string error) => Reply.Json(new JsonObject { ["error"] = error, ["error_description"] = $"The reason is {error}." }, 400);

    private static Reply Page(string html) => new() { ContentType = "text/html; charset=utf-8", Frames = [new Frame(Encoding.UTF8.GetBytes(html))] };
}
