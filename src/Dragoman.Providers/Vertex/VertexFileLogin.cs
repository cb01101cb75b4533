using System.Security.Cryptography;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// The key file of a service account, CLIProxyAPI's file with one in it (type <c>vertex</c>), or Google's default credentials of a person (type <c>authorized_user</c>). A token is had at once, so that what does not
/// work is heard of before it is saved.
/// </summary>
internal sealed class VertexFileLogin : IImportLogin
{
    private static readonly HashSet<string> GoogleHosts = new(StringComparer.OrdinalIgnoreCase) { "oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com" };

    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From a service account's key file or Google's default credentials";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["~/.config/gcloud/application_default_credentials.json"];

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<VertexSettings>();
        var (credential, label, location) = Read(content, settings);
        if (!VertexAddress.IsLocation(location)) throw new LoginException("The location in this file is none of Google Cloud's.");
        if (credential.OrganizationId is not { } project || !VertexAddress.IsProject(project))
            throw new LoginException("The file names no Google Cloud project.") { Fix = "Set providers.vertex.project to the project's id." };
        var renewed = await VertexTokens.RenewAsync(credential, context, cancellationToken);
        if (renewed.Credential is not { } ready) throw new LoginException($"{renewed.Reason ?? "No token could be had"}.");
        var account = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexAccountSchema.Project.Name] = project, [VertexAccountSchema.Location.Name] = location };
        if (settings.BaseUrl is { } address) account["base-url"] = address;
        return new LoginResult(ready, label ?? $"{VertexModule.Id} {project}") { AccountId = ready.AccountId, OrganizationId = project, Organization = project, Settings = account };
    }

    private static (OAuthCredential Credential, string? Label, string Location) Read(ReadOnlyMemory<byte> content, VertexSettings settings)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var root = file.RootElement;
            var key = VendorJson.Object(root, "service_account") ?? root;
            var location = VendorJson.Text(root, "location") ?? settings.Location;
            if (VendorJson.Text(key, "type") == "authorized_user") return (OfPerson(key, settings), null, location);
            if (VendorJson.Text(key, "client_email") is not { } email || VendorJson.Text(key, "private_key") is not { } pem) throw NoKey();
            CheckEndpoint(key, settings);
            var extra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.EmailExtra] = email };
            if (VendorJson.Text(key, "private_key_id") is { } id) extra[VertexTokens.KeyIdExtra] = id;
            var credential = new OAuthCredential
            {
                AccessToken = "", RefreshToken = OneLine(pem), AccountId = VendorJson.Text(key, "client_id"), Extra = extra,
                OrganizationId = VendorJson.Text(root, "project_id") ?? VendorJson.Text(key, "project_id") ?? settings.Project,
            };
            return (credential, email, location);
        }
        catch (JsonException ex)
        {
            throw new LoginException("The file is no JSON.", ex);
        }
    }

    private static OAuthCredential OfPerson(JsonElement file, VertexSettings settings)
    {
        if (VendorJson.Text(file, "refresh_token") is not { } token || !HeaderSafe.Check(token) || VendorJson.Text(file, "client_id") is not { } client) throw NoKey();
        return new OAuthCredential
        {
            AccessToken = "", RefreshToken = token, OrganizationId = VendorJson.Text(file, "quota_project_id") ?? settings.Project,
            Extra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.ClientIdExtra] = client },
            SecretExtra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.ClientSecretExtra] = VendorJson.Text(file, "client_secret") ?? "" },
        };
    }

    /// <summary>The address in a file is never called, but who has a key of another service should hear of it (wire notes logins-2026-11, section 12).</summary>
    private static void CheckEndpoint(JsonElement key, VertexSettings settings)
    {
        if (VendorJson.Text(key, "token_uri") is not { } address || address == settings.TokenUrl) return;
        if (Uri.TryCreate(address, UriKind.Absolute, out var at) && at.Scheme == Uri.UriSchemeHttps && GoogleHosts.Contains(at.Host)) return;
        throw new LoginException("The file names a token endpoint that is not Google's.") { Fix = "If it is yours, set it as providers.vertex.token-url." };
    }

    /// <summary>The key as one line of PKCS #8. Files that were copied through environment variables have <c>\n</c> as two letters.</summary>
    private static string OneLine(string pem)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem.Replace("\\n", "\n", StringComparison.Ordinal));
            return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
        }
        catch (Exception ex) when (ex is ArgumentException or CryptographicException)
        {
            throw new LoginException("The private key in this file cannot be read.", ex) { Fix = "Download the key file again, or create another key of the service account." };
        }
    }

    private static LoginException NoKey() => new("There is neither a service account's key nor a person's default credentials in this file.")
    {
        Fix = "Give the JSON key of a service account, or the file that 'gcloud auth application-default login' writes.",
    };
}
