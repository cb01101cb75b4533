using System.Security.Cryptography;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// What one of Google's credential files holds: the key of a service account (alone, or in CLIProxyAPI's file of the type <c>vertex</c>), application default credentials of a person
/// (<c>authorized_user</c>), or where another identity provider's token is had (<c>external_account</c>). The file's own token endpoint is never called.
/// </summary>
/// <param name="Credential">The credential, without an access token yet.</param>
/// <param name="Label">The service account's address, or the identity provider; null for a person's file.</param>
/// <param name="Project">The project that the file names; null where it names none.</param>
/// <param name="Location">The location that the file names; null where it names none.</param>
/// <param name="TokenUrl">The token endpoint that the file names; null where it names none.</param>
internal sealed record VertexKeyFile(OAuthCredential Credential, string? Label, string? Project, string? Location, string? TokenUrl)
{
    /// <summary>Reads a file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="isOwn">Whether an address is one that the owner has set in the place of Google's; null where addresses in the file are not looked at.</param>
    /// <exception cref="LoginException">It holds nothing that a token can be had for.</exception>
    public static VertexKeyFile Read(ReadOnlyMemory<byte> content, Func<string, bool>? isOwn = null)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var root = file.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw NoKey();
            var key = VendorJson.Object(root, "service_account") ?? root;
            return VendorJson.Text(key, "type") switch
            {
                "authorized_user" => new VertexKeyFile(OfPerson(key), null, VendorJson.Text(key, "quota_project_id"), VendorJson.Text(root, "location"), null),
                "external_account" => OfPool(key, WorkloadIdentity.Read(key, isOwn ?? (static _ => true)), VendorJson.Text(root, "location")),
                "external_account_authorized_user" => throw Unsupported("a login of a workforce pool (external_account_authorized_user)"),
                "impersonated_service_account" => throw Unsupported("an impersonated service account"),
                "gdch_service_account" => throw Unsupported("a service account of Google Distributed Cloud"),
                _ => OfService(root, key),
            };
        }
        catch (JsonException ex)
        {
            throw new LoginException("The file is no JSON.", ex);
        }
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "credential file";

    private static VertexKeyFile OfService(JsonElement root, JsonElement key)
    {
        if (VendorJson.Text(key, "client_email") is not { } email || VendorJson.Text(key, "private_key") is not { } pem) throw NoKey();
        var extra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.EmailExtra] = email };
        if (VendorJson.Text(key, "private_key_id") is { } id) extra[VertexTokens.KeyIdExtra] = id;
        var project = VendorJson.Text(root, "project_id") ?? VendorJson.Text(key, "project_id");
        var credential = Unused(OneLine(pem)) with { AccountId = VendorJson.Text(key, "client_id"), OrganizationId = project, Extra = extra };
        return new VertexKeyFile(credential, email, project, VendorJson.Text(root, "location"), VendorJson.Text(key, "token_uri"));
    }

    private static OAuthCredential OfPerson(JsonElement file)
    {
        if (VendorJson.Text(file, "refresh_token") is not { } token || !HeaderSafe.Check(token) || VendorJson.Text(file, "client_id") is not { } client) throw NoKey();
        return Unused(token) with
        {
            OrganizationId = VendorJson.Text(file, "quota_project_id"),
            Extra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.ClientIdExtra] = client },
            SecretExtra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.ClientSecretExtra] = VendorJson.Text(file, "client_secret") ?? "" },
        };
    }

    private static VertexKeyFile OfPool(JsonElement file, WorkloadIdentity identity, string? location)
    {
        // A service account of a project is NAME@PROJECT.iam.gserviceaccount.com.
        var project = VendorJson.Text(file, "quota_project_id") ?? (identity.ServiceAccount?.Split('@') is [_, var domain] && domain.EndsWith(".iam.gserviceaccount.com", StringComparison.Ordinal) ? domain.Split('.')[0] : null);
        var credential = Unused(identity.Pack()) with
        {
            AccountId = identity.ServiceAccount is { } account ? $"{identity.Provider}/{account}" : identity.Provider,
            OrganizationId = project,
            Extra = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexTokens.PoolExtra] = identity.Provider, ["subject-token"] = identity.Source },
        };
        return new VertexKeyFile(credential, identity.ServiceAccount ?? identity.Provider, project, location, null);
    }

    /// <summary>A credential whose access token has ended before it began, so that one is had with the first request.</summary>
    private static OAuthCredential Unused(string refreshToken) => new() { AccessToken = "", RefreshToken = refreshToken, Expires = DateTimeOffset.UnixEpoch };

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

    private static LoginException Unsupported(string what) => new($"The file is for {what}, which is not supported.")
    {
        Fix = "Give the JSON key of a service account, the file that 'gcloud auth application-default login' writes for a person, or one for workload identity federation.",
    };

    private static LoginException NoKey() => new("There is neither a service account's key nor a person's default credentials in this file.")
    {
        Fix = "Give the JSON key of a service account, or the file that 'gcloud auth application-default login' writes.",
    };
}
