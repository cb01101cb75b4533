using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Kiro;

/// <summary>
/// Kiro's own sign-in for Google and GitHub: the portal that sends the browser back to one of ten ports, the exchange of codes (snake_case in, camelCase out), device codes whose pending state is an answer of 200, and
/// renewal, which only programs get that name Kiro's interface; others are turned away with a page.
/// </summary>
internal sealed partial class KiroSocial(KiroGrants grants, KiroDevices devices)
{
    private const string Client = "social";
    private static readonly int[] Ports = [3128, 4649, 6588, 8008, 9091, 49153, 50153, 51153, 52153, 53153];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Code> _codes = new(StringComparer.Ordinal);
    private int _number;

    public void Clear()
    {
        lock (_gate) _codes.Clear();
    }

    /// <summary>The page that a person signs in at; everybody consents at once.</summary>
    public Reply Portal(Call call, RequestContext request)
    {
        var query = call.Query;
        if (query.GetValueOrDefault("state") is not { Length: > 0 } state || query.GetValueOrDefault("code_challenge") is not { Length: > 0 } challenge || query.GetValueOrDefault("code_challenge_method") != "S256") throw new Refusal(400, "Invalid request");
        if (!Uri.TryCreate(query.GetValueOrDefault("redirect_uri"), UriKind.Absolute, out var back) || back is not { Scheme: "http", Host: "localhost", AbsolutePath: "/" } || !Ports.Contains(back.Port)) throw new Refusal(400, "redirect_uri must be localhost");
        if (query.GetValueOrDefault("redirect_from") is not { Length: > 0 }) throw new Refusal(400, "Invalid request");
        // Without a word of the caller the person chooses; AWS's ways bring no code.
        var option = query.GetValueOrDefault("signin_methods") ?? query.GetValueOrDefault("emulated_option") ?? "google";
        if (!query.ContainsKey("signin_methods") && option is not ("google" or "github"))
        {
            var (page, region) = (query.GetValueOrDefault("emulated_page") ?? "https://view.awsapps.com/start", query.GetValueOrDefault("emulated_region") ?? "us-east-1");
            return Sent($"http://localhost:{back.Port}/signin/callback?login_option={option}&issuer_url={Uri.EscapeDataString(page)}&idc_region={Uri.EscapeDataString(region)}&state={Uri.EscapeDataString(state)}");
        }

        if (option is not ("google" or "github")) throw new Refusal(400, "Invalid request");
        var target = $"http://localhost:{back.Port}/oauth/callback?login_option={option}";
        lock (_gate)
        {
            var code = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{request.Options.Seed}/{++_number}/{challenge}"));
            _codes[code] = new Code(query.GetValueOrDefault("emulated_user") ?? "ada", challenge, target, request.Options.Time.GetUtcNow().AddMinutes(10));
            return Sent($"{target}&code={code}&state={Uri.EscapeDataString(state)}");
        }
    }

    private static Reply Sent(string target) => new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Signed in.</p>"u8.ToArray())] }.With("location", target);

    public Reply Answer(Call call, RequestContext request, string operation)
    {
        var now = request.Options.Time.GetUtcNow();
        if (call.Json is not { } body) throw new Refusal(400, "Invalid request body");
        switch (operation)
        {
            case "oauth/token":
                return Exchange(body, now, request.Options.Seed);
            case "refreshToken":
                if (!Interface().IsMatch(call.Header("user-agent") ?? "")) return new Reply { Status = 403, ContentType = "text/html", Frames = [new Frame("<html><h1>403 ERROR</h1>The request could not be satisfied.</html>"u8.ToArray())] };
                return grants.Renew(body["refreshToken"].Str(), Client, now, request.Options.Seed) is var (access, refresh, seconds, person) ? Tokens(access, refresh, seconds, person) : throw new Refusal(401, "Invalid refresh token provided");
            case "logout":
                grants.Revoke(body["refreshToken"].Str() ?? "");
                return Reply.Json(new JsonObject());
            case "oauth/device/authorization":
                if (body["clientId"].Str() != "kiro-cli" || body["loginProvider"].Str() is not ("Google" or "Github")) throw new Refusal(400, "Invalid request body");
                var (device, user) = devices.Begin(Client, "social", 5, now, request.Options.Seed);
                var address = $"http://{call.Header("host")}/kiro/device";
                return Reply.Json(new JsonObject
                {
                    ["deviceCode"] = device, ["userCode"] = user, ["verificationUri"] = address, ["verificationUriComplete"] = $"{address}?user_code={user}",
                    ["intervalInMilliseconds"] = 5000, ["expiresInMilliseconds"] = KiroDevices.Seconds * 1000,
                });
            case "oauth/device/poll":
                var (entered, error) = devices.Ask(body["deviceCode"].Str(), body["clientId"].Str() == "kiro-cli" ? Client : null, now);
                if (entered is null) return Reply.Json(new JsonObject { ["status"] = error });
                var tokens = grants.Issue(entered, Client, now, request.Options.Seed);
                return Tokens(tokens.Access, tokens.Refresh, tokens.Seconds, entered);
            default:
                throw new Refusal(404, "Not Found");
        }
    }

    private Reply Exchange(JsonObject body, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            // A code is spent by every attempt.
            if (!_codes.Remove(body["code"].Str() ?? "", out var code) || code.End <= now) throw new Refusal(400, "Invalid authorization code");
            if (body["redirect_uri"].Str() != code.Redirect) throw new Refusal(400, "redirect_uri does not match");
            if (ChallengeOf(body["code_verifier"].Str() ?? "") != code.Challenge) throw new Refusal(400, "Invalid code verifier");
            var person = new KiroPerson(code.Person, "social");
            var (access, refresh, seconds) = grants.Issue(person, Client, now, seed);
            return Tokens(access, refresh, seconds, person);
        }
    }

    private static Reply Tokens(string access, string refresh, int seconds, KiroPerson person)
        => Reply.Json(new JsonObject { ["accessToken"] = access, ["refreshToken"] = refresh, ["expiresIn"] = seconds, ["profileArn"] = person.Profile });

    private static string ChallengeOf(string verifier) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    [GeneratedRegex("KiroIDE-[0-9.]+-[0-9a-f]{64}", RegexOptions.None, 10_000)]
    private static partial Regex Interface();

    private sealed record Code(string Person, string Challenge, string Redirect, DateTimeOffset End);
}
