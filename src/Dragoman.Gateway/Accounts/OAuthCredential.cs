using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Accounts;

/// <summary>The tokens of a login. A refresh makes a new one with the same identity and puts it into the account's <see cref="CredentialCell"/>.</summary>
public sealed record OAuthCredential : Credential<OAuthCredential>, ICredentialKind<OAuthCredential>
{
    private const string AccessTokenName = "access-token";
    private const string RefreshTokenName = "refresh-token";
    private const string IdTokenName = "id-token";
    private const string ExpiresAtName = "expires-at";
    private const string AccountIdName = "account-id";
    private const string OrganizationIdName = "organization-id";
    private const string ExtraName = "extra";
    private const string SecretExtraName = "extra-secrets";

    /// <inheritdoc/>
    public static string KindName => "oauth";

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new(AccessTokenName, SettingType.Text, "The access token that requests carry.") { IsSecret = true, IsRequired = true },
        new(RefreshTokenName, SettingType.Text, "The token that a new access token is had for.") { IsSecret = true },
        new(IdTokenName, SettingType.Text, "The identity token that came with the login.") { IsSecret = true },
        new(ExpiresAtName, SettingType.Time, "When the access token expires."),
        new(AccountIdName, SettingType.Text, "The vendor's id of the account."),
        new(OrganizationIdName, SettingType.Text, "The vendor's id of the organization or workspace that the login is for."),
        new(ExtraName, SettingType.TextMap, "What else the vendor needs to know (a region, a project, a plan)."),
        new(SecretExtraName, SettingType.TextMap, "What else the vendor needs to know and nobody else may (a client secret of a registration).") { IsSecret = true },
    ];

    /// <summary>The token that requests carry.</summary>
    public required string AccessToken { get; init; }

    /// <summary>The token that a new access token is had for; null where a login has to be made again.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>The identity token; null where the vendor gives none.</summary>
    public string? IdToken { get; init; }

    /// <inheritdoc/>
    public override DateTimeOffset? ExpiresAt => Expires;

    /// <summary>When the access token expires; null where the vendor does not say.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The vendor's id of the account, never an e-mail address; null where the vendor gives none.</summary>
    public string? AccountId { get; init; }

    /// <summary>The vendor's id of the organization or workspace; null where there is none.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>What else the vendor needs to know and may be shown: a region, a project, a plan.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>What else the vendor needs to know and is a secret: a client secret of a registration.</summary>
    public IReadOnlyDictionary<string, string> SecretExtra { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string Mask => MaskOf(AccountId ?? RefreshToken ?? AccessToken);

    /// <inheritdoc/>
    public override string Identity => AccountId is null ? RefreshToken ?? AccessToken : OrganizationId is null ? AccountId : $"{AccountId}\n{OrganizationId}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [.. new[] { AccessToken, RefreshToken, IdToken }.OfType<string>(), .. SecretExtra.Values];

    /// <inheritdoc/>
    public static OAuthCredential? Read(SettingsReader entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var access = Token(entry, AccessTokenName);
        var credential = new OAuthCredential
        {
            AccessToken = access ?? "", RefreshToken = Token(entry, RefreshTokenName), IdToken = Token(entry, IdTokenName), Expires = Time(entry, ExpiresAtName),
            AccountId = Optional(entry, AccountIdName), OrganizationId = Optional(entry, OrganizationIdName), Extra = Map(entry, ExtraName), SecretExtra = Map(entry, SecretExtraName),
        };
        if (access is not null) return credential;
        if (!entry.Has(AccessTokenName)) entry.ErrorAt(AccessTokenName, "An access token is needed.", "Sign in again.");
        return null;
    }

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        WriteOptional(writer, AccessTokenName, AccessToken);
        WriteOptional(writer, RefreshTokenName, RefreshToken);
        WriteOptional(writer, IdTokenName, IdToken);
        WriteOptional(writer, ExpiresAtName, Expires?.ToString("O", CultureInfo.InvariantCulture));
        WriteOptional(writer, AccountIdName, AccountId);
        WriteOptional(writer, OrganizationIdName, OrganizationId);
        WriteMap(writer, ExtraName, Extra);
        WriteMap(writer, SecretExtraName, SecretExtra);
    }

    /// <inheritdoc/>
    public bool Equals(OAuthCredential? other)
        => other is not null && (AccessToken, RefreshToken, IdToken, Expires, AccountId, OrganizationId) == (other.AccessToken, other.RefreshToken, other.IdToken, other.Expires, other.AccountId, other.OrganizationId)
            && Same(Extra, other.Extra) && Same(SecretExtra, other.SecretExtra);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(AccessToken, RefreshToken, Expires);

    private static string? Optional(SettingsReader entry, string name) => entry.Text(name) is { Length: > 0 } text ? text : null;

    private static string? Token(SettingsReader entry, string name)
    {
        if (Optional(entry, name) is not { } token) return null;
        if (HeaderSafe.Check(token)) return token;
        entry.ErrorAt(name, "The token contains a space or a character that no header can carry.", "Sign in again.");
        return null;
    }

    private static DateTimeOffset? Time(SettingsReader entry, string name)
    {
        if (Optional(entry, name) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        entry.ErrorAt(name, $"'{text}' is not a point in time.", "Write it like 2026-11-30T12:00:00Z.");
        return null;
    }

    private static Dictionary<string, string> Map(SettingsReader entry, string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (entry.Section(name) is not { } section) return map;
        foreach (var pair in section.Map.Pairs)
            if (section.Text(pair.Key.Value) is { } value) map[pair.Key.Value] = value;
        return map;
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0) return;
        writer.WriteStartObject(name);
        foreach (var (key, value) in map) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other)
        => one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
