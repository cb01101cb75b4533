using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Takes over the login of Kiro's editor or command line, or of another proxy for Kiro. A file with an access token is not renewed: the vendor takes many refresh tokens once, and the program that the file belongs to has no
/// other. One without, as some proxies keep them, is good for nothing before it is.
/// </summary>
internal sealed class KiroFileLogin : IImportLogin
{
    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From the files of Kiro's editor or command line";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces =>
        [
            "~/.aws/sso/cache/kiro-auth-token.json", "~/.aws/sso/cache/imported-*.json", "${XDG_DATA_HOME:-~/.local/share}/kiro-cli/data.sqlite3", "~/Library/Application Support/kiro-cli/data.sqlite3",
            "${XDG_DATA_HOME:-~/.local/share}/amazon-q/data.sqlite3",
        ];

    /// <inheritdoc/>
    public IReadOnlyList<string> DatabaseKeys => KiroFile.DatabaseKeys;

    /// <inheritdoc/>
    /// <remarks>The export of a Kiro proxy has each account's file as <c>credentials</c> (kiro-and-bedrock §A.4).</remarks>
    public IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content) => AccountListFile.Split(content, static record => VendorJson.Object(record, "credentials") is not null, static (writer, record) =>
    {
        if (VendorJson.Object(record, "credentials") is not { } credentials) return;
        foreach (var member in credentials.EnumerateObject()) member.WriteTo(writer);
    });

    /// <inheritdoc/>
    public string? CompanionOf(ReadOnlyMemory<byte> content)
    {
        using var file = KiroFile.Read(content);
        // Only the registration that the token names: another's would mix two logins.
        return file?.Text("clientIdHash") is { Length: 40 } hash && hash.All(char.IsAsciiHexDigit) && file.Text("clientSecret") is null ? hash + ".json" : null;
    }

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
    {
        using var file = KiroFile.Read(content);
        if (file is null || file.Text("type") is not (null or "kiro") || (file.Text("kiroApiKey") ?? file.Text("apiKey") ?? file.Text("refreshToken") ?? file.Text("accessToken")) is not { } secret) return null;
        return new ImportedIdentity(file.Text("email") ?? ProviderOf(file, MethodOf(file))) { Digest = ImportedIdentity.DigestOf(secret) };
    }

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        using var file = KiroFile.Read(AccountListFile.OnlyOf(Split(content))) ?? throw None();
        if ((file.Text("kiroApiKey") ?? file.Text("apiKey")) is { } key && HeaderSafe.Check(key)) return new LoginResult(new ApiKeyCredential(key), KiroVendor.Name);
        var access = file.Text("accessToken");
        if (access is null && file.Text("refreshToken") is null) throw None();
        if (access is not null && !HeaderSafe.Check(access)) throw new LoginException("The access token in this file contains a character that no header can carry.");
        var credential = Read(file, access ?? "", context.SettingsAs<KiroSettings>());
        if (access is null) credential = await RenewAsync(credential, context, cancellationToken);
        var login = await KiroIdentity.DescribeAsync(credential, context, cancellationToken);
        List<string> warnings = [.. login.Warnings, "Another program has this login too: whichever renews it first may sign the other one out. Signing in here gives the gateway a login of its own."];
        if (credential.RefreshToken is null) warnings.Add("The file has no refresh token: the login ends with its access token.");
        return login with { Warnings = warnings };
    }

    /// <summary>The first access token of a login that has none.</summary>
    private static async Task<OAuthCredential> RenewAsync(OAuthCredential credential, VendorContext context, CancellationToken cancellationToken)
    {
        if (credential.RefreshToken is null) throw new LoginException("The refresh token in this file contains a character that no header can carry.");
        var renewed = await KiroTokenRefresher.ExchangeAsync(credential, context, cancellationToken);
        return renewed.Credential ?? throw new LoginException($"The refresh token in this file was not taken: {renewed.Reason}.") { Fix = "Sign in here instead." };
    }

    private static OAuthCredential Read(KiroFile file, string access, KiroSettings settings)
    {
        var method = MethodOf(file);
        var extra = new Dictionary<string, string>(StringComparer.Ordinal) { [KiroExtra.Method] = method };
        var (client, secret) = (file.RegistrationText("clientId"), file.RegistrationText("clientSecret"));
        if (method == KiroExtra.Oidc && (client is null || secret is null))
            throw new LoginException("The login was made at AWS, and the registration that it is renewed with is not in this file.")
            { Fix = file.Text("clientIdHash") is { } hash ? $"It is in {hash}.json beside it: leave it there, or send a JSON array of the two files." : "Sign in here instead." };
        if (method == KiroExtra.External && KiroTokenEndpoint.Check(file.Text("tokenEndpoint"), settings) is null)
            throw new LoginException("The file names an address for renewing tokens that is not one of a known identity provider.") { Fix = "If it is your company's, add its host to providers.kiro.token-hosts." };
        Put(KiroExtra.IdentityProvider, ProviderOf(file, method));
        Put(KiroExtra.ProfileArn, KiroAddress.RegionOf(file.Profile) is null ? null : file.Profile);
        if (method != KiroExtra.Social) Put(KiroExtra.ClientId, client);
        if (method == KiroExtra.Oidc) Put(KiroExtra.OidcRegion, (file.Text("idcRegion") ?? file.RegistrationText("region")) is { } region && KiroAddress.IsRegion(region) ? region : null);
        if (method == KiroExtra.Oidc) Put(KiroExtra.StartUrl, file.Text("startUrl"));
        if (method == KiroExtra.External) Put(KiroExtra.TokenEndpoint, file.Text("tokenEndpoint"));
        if (method == KiroExtra.External) Put(KiroExtra.Scope, file.Words("scopes"));
        Put(KiroExtra.MachineId, file.Text("machineId") is { Length: 64 } machine && machine.All(char.IsAsciiHexDigitLower) ? machine : null);
        return new OAuthCredential
        {
            AccessToken = access, RefreshToken = file.Text("refreshToken") is { } refresh && HeaderSafe.Check(refresh) ? refresh : null, Expires = file.End(), Extra = extra,
            SecretExtra = method == KiroExtra.Oidc ? new Dictionary<string, string> { [KiroExtra.ClientSecret] = secret! } : new Dictionary<string, string>(),
        };

        void Put(string name, string? value)
        {
            if (value is { Length: > 0 }) extra[name] = value;
        }
    }

    private static string MethodOf(KiroFile file) => file.Text("authMethod")?.ToLowerInvariant() switch
    {
        "social" => KiroExtra.Social,
        "idc" or "builder-id" or "builder_id" => KiroExtra.Oidc,
        "external_idp" or "external-idp" => KiroExtra.External,
        _ when file.IsSocialByPlace => KiroExtra.Social,
        _ when file.Text("tokenEndpoint") is not null => KiroExtra.External,
        _ => file.RegistrationText("clientSecret") is not null || file.Text("clientIdHash") is not null ? KiroExtra.Oidc : KiroExtra.Social,
    };

    private static string? ProviderOf(KiroFile file, string method)
    {
        if (file.Text("provider") is { } stated) return stated;
        if (method != KiroExtra.Oidc) return null;
        return file.Text("startUrl") is { } start && !start.Contains("view.awsapps.com", StringComparison.OrdinalIgnoreCase) ? "Enterprise" : "BuilderId";
    }

    private static LoginException None() => new("There is no login of Kiro in this file.") { Fix = "Give ~/.aws/sso/cache/kiro-auth-token.json of a Kiro that is signed in, or the database of its command line." };
}
