using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/token</c>: the token files of Kiro's editor on the gateway's machine (wire note A.4).</summary>
internal sealed class KiroTokenRoutes(KiroAccounts accounts, KiroImports imports, AccountCredentials credentials, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/token/scan", "The token files in Kiro's folder on the gateway's machine, without their tokens.", ScanAsync);
        routes.Post("/api/token/add-from-scan", "Adds the account of one of these files.", AddAsync);
        routes.Post("/api/token/refresh-check", "Tells of each account whether its token is good; nothing is renewed and nobody is asked.", _ => Check());
    }

    private async Task<SurfaceAnswer> ScanAsync(SurfaceCall call)
    {
        var known = await accounts.FilesAsync(call.CancellationToken);
        var files = await imports.ScanAsync(call.CancellationToken);
        var tokens = new JsonArray();
        foreach (var file in files)
        {
            if (Parse(file) is not { } token || token.Text("accessToken", "access_token") is null) continue;
            tokens.Add((JsonNode)new JsonObject
            {
                ["path"] = file.Path,
                ["name"] = file.Name,
                ["expires"] = token.Text("expiresAt", "expires_at", "expire"),
                ["auth_method"] = token.Text("authMethod", "auth_method") ?? "social",
                ["region"] = token.Text("region") ?? "us-east-1",
                ["has_refresh_token"] = token.Text("refreshToken", "refresh_token") is not null,
                ["already_added"] = await imports.KnownAsync(file, known, call.CancellationToken) is not null,
                ["idc_config_complete"] = IsComplete(token, files),
            });
        }

        return SurfaceAnswer.Json(new JsonObject { ["tokens"] = tokens });
    }

    private async Task<SurfaceAnswer> AddAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var found = await imports.FindAsync(body.Text("path"), call.CancellationToken);
        if (!found.Succeeded) return KiroAnswers.Detail(400, found.Error.Message);
        var file = found.Value;
        if (Parse(file) is not { } token) return KiroAnswers.Detail(400, "The file is not valid JSON.");
        if (token.Text("accessToken", "access_token") is null) return KiroAnswers.Detail(400, "The file has no accessToken.");
        if (await imports.KnownAsync(file, await accounts.FilesAsync(call.CancellationToken), call.CancellationToken) is not null) return KiroAnswers.Detail(400, "This file was added already.");
        var added = await imports.AddAsync(file, KiroAccountRoutes.ImportOf(body), call);
        return added.Succeeded ? KiroAnswers.Ok(("account_id", KiroAccounts.IdOf(added.Value.Id))) : KiroAnswers.NotAdded(added.Error);
    }

    private SurfaceAnswer Check()
    {
        var all = new JsonArray();
        foreach (var account in accounts.All())
        {
            var shape = new KiroAccountShape(account, credentials.Describe(account.Id), time.GetUtcNow());
            all.Add((JsonNode)(shape.Credential is null
                ? new JsonObject { ["id"] = shape.Id, ["name"] = account.Label, ["valid"] = false, ["error"] = account.Problem ?? "cannot load credentials" }
                : new JsonObject
                {
                    ["id"] = shape.Id,
                    ["name"] = account.Label,
                    ["valid"] = shape.IsTokenExpired == false,
                    ["expiring_soon"] = shape.IsTokenExpiringSoon,
                    ["expires"] = KiroAnswers.Iso(shape.Credential.ExpiresAt),
                    ["auth_method"] = shape.AuthMethod,
                    ["has_refresh_token"] = shape.Credential.IsRenewable,
                }));
        }

        return SurfaceAnswer.Json(new JsonObject { ["accounts"] = all });
    }

    /// <summary>Whether what a login at AWS is renewed with is there: in the file beside it that it names, or in itself; null for other logins.</summary>
    private static bool? IsComplete(JsonObject token, IReadOnlyList<LoginFile> files)
    {
        if (!string.Equals(token.Text("authMethod", "auth_method"), "idc", StringComparison.OrdinalIgnoreCase)) return null;
        if (HasClient(token)) return true;
        if (token.Text("clientIdHash", "client_id_hash") is not { } hash) return null;
        return files.FirstOrDefault(file => file.Name == hash) is { } beside && Parse(beside) is { } registration && HasClient(registration);
    }

    private static bool HasClient(JsonObject item) => item.Text("clientId", "client_id") is not null && item.Text("clientSecret", "client_secret") is not null;

    private static JsonObject? Parse(LoginFile file)
    {
        try
        {
            return JsonNode.Parse(file.Text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
