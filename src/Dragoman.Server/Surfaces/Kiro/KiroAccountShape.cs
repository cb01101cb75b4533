using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>An account as this surface shows it (wire note A.3).</summary>
internal sealed record KiroAccountShape(AccountView Account, CredentialFactsView? Credential, DateTimeOffset Now)
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(5);

    /// <summary>How long before its end a token counts as one that expires soon.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);

    /// <summary>The id here.</summary>
    public string Id => KiroAccounts.IdOf(Account.Id);

    /// <summary><c>active</c>, <c>cooldown</c>, <c>unhealthy</c>, <c>disabled</c> or <c>suspended</c>.</summary>
    public string Status
    {
        get
        {
            if (IsSuspended(Account.Problem) || (CooldownEnd is not null && IsSuspended(Account.Health.LastError?.Message))) return "suspended";
            if (!Account.Enabled) return "disabled";
            return Account.Problem is not null ? "unhealthy" : CooldownEnd is not null ? "cooldown" : "active";
        }
    }

    /// <summary>Whether it takes part; one that the vendor has suspended does not, whatever its owner has said.</summary>
    public bool IsEnabled => Account.Enabled && Status != "suspended";

    /// <summary>Whether it may be used now.</summary>
    public bool IsAvailable => Status == "active";

    /// <summary>When it has cooled down; null where it does not cool down. One model that does counts, as that system knows no smaller part.</summary>
    public DateTimeOffset? CooldownEnd => Account.Cooldowns.Where(static cooldown => cooldown.CoolingDown).Max(static cooldown => cooldown.Until);

    /// <summary>Whole seconds until then; null where it does not cool down.</summary>
    public int? CooldownSeconds => CooldownEnd is { } end ? (int)Math.Ceiling(Math.Max(0, (end - Now).TotalSeconds)) : null;

    /// <summary>Whether its token ends within five minutes, or says no end; keys have none.</summary>
    public bool? IsTokenExpired => Credential is null ? null : IsKey ? false : Credential.ExpiresAt is not { } end || end - Now <= Expired;

    /// <summary>Whether its token ends within ten minutes.</summary>
    public bool? IsTokenExpiringSoon => Credential is null ? null : !IsKey && Credential.ExpiresAt is { } end && end - Now < Soon;

    /// <summary>How it was signed in: <c>social</c>, <c>idc</c>, <c>external_idp</c>, <c>api_key</c>; null where nobody knows.</summary>
    public string? AuthMethod
    {
        get
        {
            if (Credential is null) return null;
            if (IsKey) return "api_key";
            if (Credential.Facts.GetValueOrDefault("auth-method") is { Length: > 0 } method) return method.Replace('-', '_');
            return Credential.Facts.ContainsKey("token-endpoint") ? "external_idp" : HasClient ? "idc" : "social";
        }
    }

    /// <summary>Whether what a login at AWS is renewed with is there; null for other logins.</summary>
    public bool? IsIdcComplete => AuthMethod == "idc" ? HasClient : null;

    private bool IsKey => Credential is { Kind: not "oauth" };

    private bool HasClient => Credential is not null && Credential.Facts.ContainsKey("client-id") && Credential.Secrets.Contains("client-secret");

    /// <summary>A row of the list.</summary>
    public JsonObject Row() => new()
    {
        ["id"] = Id,
        ["name"] = Account.Label,
        ["enabled"] = IsEnabled,
        ["status"] = Status,
        ["available"] = IsAvailable,
        ["request_count"] = Account.Health.Requests,
        ["error_count"] = Account.Health.Failures,
        ["cooldown_remaining"] = CooldownSeconds,
        ["token_expired"] = IsTokenExpired,
        ["token_expiring_soon"] = IsTokenExpiringSoon,
        ["auth_method"] = AuthMethod,
        ["has_refresh_token"] = Credential?.IsRenewable ?? false,
        ["idc_config_complete"] = IsIdcComplete,
        ["proxy_url"] = Account.Proxy,
    };

    /// <summary>All of it.</summary>
    /// <param name="file">The file that it was added from; null for none.</param>
    public JsonObject Detail(string? file) => new()
    {
        ["id"] = Id,
        ["name"] = Account.Label,
        ["enabled"] = IsEnabled,
        ["status"] = Status,
        ["available"] = IsAvailable,
        ["request_count"] = Account.Health.Requests,
        ["error_count"] = Account.Health.Failures,
        ["last_used"] = Account.Health.LastUsedAt is { } used ? KiroAnswers.Seconds(used) : null,
        ["token_path"] = file ?? "",
        ["machine_id"] = Credential?.Facts.GetValueOrDefault("machine-id") is { Length: > 16 } machine ? machine[..16] + "..." : "",
        ["credentials"] = Credential is null ? null : new JsonObject
        {
            ["has_access_token"] = true,
            ["has_refresh_token"] = Credential.IsRenewable,
            ["has_client_id"] = Credential.Facts.ContainsKey("client-id"),
            ["auth_method"] = AuthMethod,
            ["region"] = Credential.Facts.GetValueOrDefault("oidc-region") ?? Account.Region ?? "us-east-1",
            ["expires_at"] = KiroAnswers.Iso(Credential.ExpiresAt),
            ["is_expired"] = IsTokenExpired,
            ["is_expiring_soon"] = IsTokenExpiringSoon,
        },
        ["cooldown"] = new JsonObject { ["is_cooldown"] = CooldownEnd is not null, ["remaining_seconds"] = CooldownSeconds },
        ["proxy_url"] = Account.Proxy,
        ["problem"] = Account.Problem,
    };

    private static bool IsSuspended(string? words) => words?.Contains("suspended", StringComparison.OrdinalIgnoreCase) == true;
}
