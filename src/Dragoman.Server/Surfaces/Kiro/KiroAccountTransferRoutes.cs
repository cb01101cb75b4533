using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/accounts/export</c>, <c>import</c> and <c>manual</c> (wire note A.3). Tokens come in by these routes and never go out: an encrypted export is <c>dragoman accounts export</c>.</summary>
internal sealed class KiroAccountTransferRoutes(KiroAccounts accounts, KiroImports imports, AccountCredentials credentials, TimeProvider time) : IKiroRoutes
{
    private const string NoSecrets = "Tokens and client secrets are left out: the gateway shows none. 'dragoman accounts export' writes an encrypted file with them.";

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/accounts/export", "The accounts without their secrets.", Export);
        routes.WithBody(8 << 20).Post("/api/accounts/import", "Adds accounts by their tokens.", ImportAsync);
        routes.Post("/api/accounts/manual", "Adds an account by an access token.", AddAsync);
    }

    private SurfaceAnswer Export(SurfaceCall call)
    {
        var all = new JsonArray();
        foreach (var account in accounts.All())
        {
            var shape = new KiroAccountShape(account, credentials.Describe(account.Id), time.GetUtcNow());
            var facts = shape.Credential?.Facts ?? new Dictionary<string, string>();
            all.Add((JsonNode)new JsonObject
            {
                ["name"] = account.Label,
                ["enabled"] = account.Enabled,
                ["credentials"] = new JsonObject
                {
                    ["accessToken"] = null,
                    ["refreshToken"] = null,
                    ["expiresAt"] = KiroAnswers.Iso(shape.Credential?.ExpiresAt),
                    ["region"] = facts.GetValueOrDefault("oidc-region") ?? account.Region ?? "us-east-1",
                    ["authMethod"] = shape.AuthMethod,
                    ["clientId"] = facts.GetValueOrDefault("client-id"),
                    ["clientSecret"] = null,
                    ["profileArn"] = facts.GetValueOrDefault("profile-arn"),
                    ["idcRegion"] = facts.GetValueOrDefault("oidc-region"),
                    ["startUrl"] = facts.GetValueOrDefault("start-url"),
                    ["provider"] = facts.GetValueOrDefault("identity-provider"),
                },
            });
        }

        return KiroAnswers.Ok(("accounts", all), ("exported_at", KiroAnswers.Iso(time.GetUtcNow())), ("version", "1.0"), ("message", NoSecrets));
    }

    private async Task<SurfaceAnswer> ImportAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var errors = new JsonArray();
        var imported = 0;
        var isAcknowledged = body.Flag("acknowledged", "acknowledge") ?? false;
        foreach (var entry in body["accounts"] as JsonArray ?? [])
        {
            var wanted = entry is JsonObject item ? KiroAccountRoutes.ImportOf(item) with { IsAcknowledged = isAcknowledged } : new KiroImport(null, null, isAcknowledged);
            var name = wanted.Name ?? "unnamed";
            if ((entry as JsonObject)?["credentials"] is not JsonObject tokens || tokens.Text("accessToken", "access_token", "refreshToken", "refresh_token", "kiroApiKey", "apiKey") is null)
            {
                errors.Add((JsonNode)$"{name}: missing accessToken");
                continue;
            }

            var added = await imports.AddAsync(tokens.ToJsonString(), wanted, call);
            if (added.Succeeded) imported++;
            else errors.Add((JsonNode)$"{name}: {added.Error.Text}");
        }

        return KiroAnswers.Ok(("imported", imported), ("errors", errors));
    }

    private async Task<SurfaceAnswer> AddAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("access_token", "accessToken") is not { } access) return KiroAnswers.Detail(400, "Missing access_token");
        var tokens = new JsonObject { ["accessToken"] = access, ["refreshToken"] = body.Text("refresh_token", "refreshToken"), ["authMethod"] = "social", ["region"] = body.Text("region"), ["profileArn"] = body.Text("profile_arn", "profileArn") };
        var added = await imports.AddAsync(tokens.ToJsonString(), KiroAccountRoutes.ImportOf(body), call);
        return added.Succeeded ? KiroAnswers.Ok(("account_id", KiroAccounts.IdOf(added.Value.Id))) : KiroAnswers.NotAdded(added.Error);
    }
}
