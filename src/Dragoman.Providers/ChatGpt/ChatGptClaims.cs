using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// What OpenAI's tokens say of their owner (wire notes codex-and-antigravity §B.8, logins-2026-11 §2). They come straight from the issuer, so the signature is the backend's to check. Nothing is
/// made up where a token does not say it: since September 2026 some name no account.
/// </summary>
internal sealed record ChatGptClaims
{
    private const string Auth = "https://api.openai.com/auth";
    private const string Profile = "https://api.openai.com/profile";
    private const int MaxToken = 64 * 1024;

    private static readonly ConditionalWeakTable<OAuthCredential, ChatGptClaims> Known = [];

    private static readonly ChatGptClaims Nothing = new();

    /// <summary>OpenAI's id of the person; null where no token says it.</summary>
    public string? UserId { get; init; }

    /// <summary>The account (workspace) that the tokens are for; null where no token says it.</summary>
    public string? AccountId { get; init; }

    /// <summary>What the person's default organization is called.</summary>
    public string? Organization { get; init; }

    /// <summary>The plan, as the vendor names it.</summary>
    public string? Plan { get; init; }

    /// <summary>The person's e-mail address, to be shown and never to tell accounts apart.</summary>
    public string? Email { get; init; }

    /// <summary>The region that the workspace's data has to stay in; null where it may be anywhere.</summary>
    public string? Residency { get; init; }

    /// <summary>Whether the workspace is in the vendor's cloud for the US government.</summary>
    public bool IsFedramp { get; init; }

    /// <summary>When the token expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when the subscription has been paid for, where it says so.</summary>
    public DateTimeOffset? SubscribedUntil { get; init; }

    /// <summary>What the tokens of a credential say; read once for each.</summary>
    public static ChatGptClaims Of(OAuthCredential credential) => Known.GetValue(credential, static login => Of(login.AccessToken, login.IdToken));

    /// <summary>What two tokens say. The access token is what the backend goes by; the identity token fills in what it leaves out.</summary>
    public static ChatGptClaims Of(string? accessToken, string? idToken)
    {
        var (access, id) = (Read(accessToken), Read(idToken));
        return access with
        {
            UserId = access.UserId ?? id.UserId,
            AccountId = access.AccountId ?? id.AccountId,
            Organization = id.Organization ?? access.Organization,
            Plan = id.Plan ?? access.Plan,
            Email = id.Email ?? access.Email,
            Residency = access.Residency ?? id.Residency,
            IsFedramp = access.IsFedramp || id.IsFedramp,
            SubscribedUntil = id.SubscribedUntil ?? access.SubscribedUntil,
        };
    }

    private static ChatGptClaims Read(string? token)
    {
        if (token is null or { Length: > MaxToken } || token.Split('.') is not [_, var payload, _]) return Nothing;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            var root = claims.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Nothing;
            var auth = root.TryGetProperty(Auth, out var own) && own.ValueKind == JsonValueKind.Object ? own : root;
            return new ChatGptClaims
            {
                UserId = Sendable(VendorJson.Text(auth, "chatgpt_user_id") ?? VendorJson.Text(auth, "user_id") ?? VendorJson.Text(root, "sub")),
                AccountId = Sendable(VendorJson.Text(auth, "chatgpt_account_id")),
                Organization = OrganizationOf(auth),
                Plan = VendorJson.Text(auth, "chatgpt_plan_type"),
                Email = VendorJson.Text(root, "email") ?? (root.TryGetProperty(Profile, out var profile) ? VendorJson.Text(profile, "email") : null),
                Residency = Sendable(VendorJson.Text(auth, "chatgpt_data_residency") ?? VendorJson.Text(auth, "chatgpt_compute_residency")),
                IsFedramp = auth.TryGetProperty("chatgpt_account_is_fedramp", out var fedramp) && fedramp.ValueKind == JsonValueKind.True,
                ExpiresAt = VendorJson.Number(root, "exp") is > 0 and < 1e11 and var end ? DateTimeOffset.FromUnixTimeSeconds((long)end) : null,
                SubscribedUntil = DateTimeOffset.TryParse(VendorJson.Text(auth, "chatgpt_subscription_active_until"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null,
            };
        }
        catch (Exception ex) when (ex is JsonException or FormatException)
        {
            // A token need not be a JWT.
            return Nothing;
        }
    }

    private static string? OrganizationOf(JsonElement auth)
    {
        if (!auth.TryGetProperty("organizations", out var list) || list.ValueKind != JsonValueKind.Array) return null;
        string? first = null;
        foreach (var organization in list.EnumerateArray())
        {
            if (VendorJson.Text(organization, "title") is not { } title) continue;
            if (organization.TryGetProperty("is_default", out var isDefault) && isDefault.ValueKind == JsonValueKind.True) return title;
            first ??= title;
        }

        return first;
    }

    /// <summary>What becomes a header must be fit for one.</summary>
    private static string? Sendable(string? text) => text is not null && HeaderSafe.Check(text) ? text : null;
}
