using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Management.CredentialFiles;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>A credential file as panels read it (wire notes cliproxyapi 1.12, surface-clients 1.1): no secret in it, and numbers that are never null.</summary>
internal sealed class AuthFileJson(AccountActivity activity)
{
    /// <summary>What workers of <c>/v1/ws</c> are called.</summary>
    private const string Worker = "aistudio";

    /// <summary>The file as it is listed.</summary>
    public JsonObject Describe(CredentialFileView file)
    {
        var account = file.Account;
        var counted = activity.Describe(account.Id);
        var cooling = account.Cooldowns.FirstOrDefault(static cooldown => cooldown is { Model: null, CoolingDown: true });
        var email = file.Email;
        var type = file.IsRuntimeOnly ? Worker : file.Type;
        var shown = new JsonObject
        {
            ["id"] = file.Name,
            ["auth_index"] = AuthIndexes.Of(account.Id),
            ["name"] = file.Name,
            ["type"] = type,
            ["provider"] = type,
            ["label"] = account.Label,
            ["status"] = !account.Enabled ? "disabled" : account.Problem is not null || cooling is not null ? "error" : "active",
            ["status_message"] = account.Problem ?? cooling?.Reason ?? "",
            ["disabled"] = !account.Enabled,
            ["unavailable"] = account.Problem is not null || cooling is not null,
            ["runtime_only"] = file.IsRuntimeOnly,
            ["source"] = file.IsRuntimeOnly ? "memory" : "file",
            ["size"] = file.IsRuntimeOnly ? 0 : SizeOf(file),
            ["path"] = file.IsRuntimeOnly ? "" : file.Name,
            ["account_type"] = account.Credential.Kind == "oauth" ? "oauth" : "api_key",
            // Whose it is where that is known; a key is never shown whole.
            ["account"] = email.Length > 0 ? email : account.Credential.Kind == "oauth" ? account.Label : account.Credential.Mask,
            ["email"] = email,
            ["success"] = counted.Succeeded,
            ["failed"] = counted.Failed,
            ["recent_requests"] = BucketsOf(counted),
            ["priority"] = account.Priority,
            ["weight"] = account.Weight,
        };
        Put(shown, "created_at", account.CreatedAt);
        Put(shown, "modtime", account.UpdatedAt);
        Put(shown, "updated_at", account.UpdatedAt);
        Put(shown, "last_refresh", account.UpdatedAt);
        Put(shown, "next_retry_after", cooling?.Until);
        Put(shown, "expired", account.Credential.ExpiresAt);
        foreach (var (name, value) in file.Settings)
            if (!shown.ContainsKey(name)) shown[name] = value?.DeepClone();
        foreach (var name in KeptMembers)
            if (!shown.ContainsKey(name) && file.Members[name] is { } kept) shown[name] = kept.DeepClone();
        if (account.Proxy is { } proxy && !file.IsRuntimeOnly) shown["proxy_url"] = proxy;
        Identify(shown, file);
        return shown;
    }

    /// <summary>The recent requests of an account, in spans of ten minutes, the oldest first.</summary>
    public static JsonArray BucketsOf(AccountActivityView counted) => new([.. counted.Recent.Select(static span => (JsonNode)new JsonObject
    {
        ["time"] = $"{Local(span.From)}-{Local(span.From + AccountActivity.Span)}",
        ["success"] = span.Succeeded,
        ["failed"] = span.Failed,
    })]);

    private static readonly string[] KeptMembers = ["note", "websockets", "using_api", "base_url", "model_aliases", "quota", "subscription_active_until", "chatgpt_subscription_active_until"];

    /// <summary>Whose it is at the vendor, under every name that panels look under.</summary>
    private static void Identify(JsonObject shown, CredentialFileView file)
    {
        var account = file.Account;
        if ((account.UsagePage?.Plan ?? file.Facts.GetValueOrDefault("plan") ?? TextOf(file.Members["plan_type"])) is { } plan) shown["plan_type"] = plan;
        if ((file.Facts.GetValueOrDefault("project") ?? TextOf(file.Members["project_id"])) is { } project) shown["project_id"] = project;
        if (account.Identity is { } identity)
        {
            shown["sub"] = identity.AccountId;
            shown["user_id"] = identity.AccountId;
            var claims = new JsonObject { ["chatgpt_account_id"] = identity.OrganizationId ?? identity.AccountId };
            if (shown["plan_type"] is { } known) claims["plan_type"] = known.DeepClone();
            // Where panels look for the plan of one vendor's logins.
            if (file.Type == "codex") shown["id_token"] = claims;
        }
    }

    private static int SizeOf(CredentialFileView file) => 512 + System.Text.Encoding.UTF8.GetByteCount(file.Members.ToJsonString());

    private static string? TextOf(JsonNode? node) => ConfigEdits.TextOf(node);

    private static string Local(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm", CultureInfo.InvariantCulture);

    private static void Put(JsonObject shown, string name, DateTimeOffset? at)
    {
        if (at is { } known) shown[name] = known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
