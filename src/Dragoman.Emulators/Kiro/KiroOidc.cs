using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Kiro;

/// <summary>
/// AWS's OIDC service: clients register themselves, in one region; then a device code, and tokens. JSON with camelCase names both ways; refusals are <c>{"error":…,"error_description":…}</c>.
/// </summary>
internal sealed class KiroOidc(KiroGrants grants, KiroDevices devices)
{
    private const string DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
    private const string BuilderPage = "https://view.awsapps.com/start";
    private static readonly TimeSpan RegistrationLife = TimeSpan.FromDays(90);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);

    public Reply Answer(Call call, RequestContext request, string region, string operation)
    {
        if (call.Json is not { } body) return Refuse(400, "invalid_request", "Invalid request: the body is no JSON");
        return operation switch
        {
            "client/register" => Register(body, request, region),
            "device_authorization" => Begin(call, body, request, region),
            "token" => Token(body, request, region),
            _ => throw new Refusal(404, "Unknown operation", type: "UnknownOperationException"),
        };
    }

    public void Clear()
    {
        lock (_gate) _clients.Clear();
    }

    private Reply Register(JsonObject body, RequestContext request, string region)
    {
        if (body["clientName"].Str() is not { Length: > 0 } name || body["clientType"].Str() != "public") return Refuse(400, "invalid_client_metadata", "Invalid client metadata");
        if (body["scopes"].Arr().Count == 0) return Refuse(400, "invalid_scope", "Invalid scope");
        if (!body["grantTypes"].Arr().Any(static item => item.Str() == DeviceGrant)) return Refuse(400, "unsupported_grant_type", "Unsupported grant type");
        var now = request.Options.Time.GetUtcNow();
        lock (_gate)
        {
            var digest = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{request.Options.Seed}/client/{_clients.Count}/{name}/{region}"));
            _clients[digest] = new Client($"secret-{digest}", region, now + RegistrationLife);
            return Reply.Json(new JsonObject
            {
                ["clientId"] = digest, ["clientSecret"] = $"secret-{digest}", ["clientIdIssuedAt"] = now.ToUnixTimeSeconds(), ["clientSecretExpiresAt"] = (now + RegistrationLife).ToUnixTimeSeconds(),
            });
        }
    }

    private Reply Begin(Call call, JsonObject body, RequestContext request, string region)
    {
        var now = request.Options.Time.GetUtcNow();
        if (ClientProblem(body, region, now) is { } problem) return problem;
        if (body["startUrl"].Str() is not { } start || !Uri.TryCreate(start, UriKind.Absolute, out var page) || page.Scheme != "https") return Refuse(400, "invalid_request", "Invalid startUrl");
        var (device, user) = devices.Begin(body["clientId"].Str()!, start == BuilderPage ? "builder" : "enterprise", 1, now, request.Options.Seed);
        var address = $"http://{call.Header("host")}/kiro/device";
        return Reply.Json(new JsonObject
        {
            ["deviceCode"] = device, ["userCode"] = user, ["verificationUri"] = address, ["verificationUriComplete"] = $"{address}?user_code={user}", ["expiresIn"] = KiroDevices.Seconds, ["interval"] = 1,
        });
    }

    private Reply Token(JsonObject body, RequestContext request, string region)
    {
        var now = request.Options.Time.GetUtcNow();
        if (ClientProblem(body, region, now) is { } problem) return problem;
        var client = body["clientId"].Str()!;
        switch (body["grantType"].Str())
        {
            case DeviceGrant:
                var (person, error) = devices.Ask(body["deviceCode"].Str(), client, now);
                if (person is null) return Refuse(400, error!, $"The reason is {error}");
                var (access, refresh, seconds) = grants.Issue(person, client, now, request.Options.Seed);
                return Tokens(access, refresh, seconds);
            case "refresh_token":
                return grants.Renew(body["refreshToken"].Str(), client, now, request.Options.Seed) is var (next, after, life, _) ? Tokens(next, after, life) : Refuse(400, "invalid_grant", "Invalid refresh token provided");
            default:
                return Refuse(400, "unsupported_grant_type", "Unsupported grant type");
        }
    }

    /// <summary>A registration that is unknown or has expired is refused with 401, that of another region with the region's name.</summary>
    private Reply? ClientProblem(JsonObject body, string region, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (body["clientId"].Str() is not { } id || !_clients.TryGetValue(id, out var client) || client.Secret != body["clientSecret"].Str() || client.End <= now)
                return Refuse(401, "invalid_client", "Invalid client provided");
            if (client.Region == region) return null;
            return Reply.Json(new JsonObject { ["error"] = "invalid_request", ["error_description"] = "The request is for another region", ["region"] = client.Region, ["endpoint"] = $"https://oidc.{client.Region}.amazonaws.com" }, 400);
        }
    }

    private static Reply Tokens(string access, string refresh, int seconds)
        => Reply.Json(new JsonObject { ["accessToken"] = access, ["tokenType"] = "Bearer", ["expiresIn"] = seconds, ["refreshToken"] = refresh });

    private static Reply Refuse(int status, string error, string words) => Reply.Json(new JsonObject { ["error"] = error, ["error_description"] = words }, status);

    private sealed record Client(string Secret, string Region, DateTimeOffset End);
}
