using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// The key file of a service account, CLIProxyAPI's file with one in it (type <c>vertex</c>), Google's default credentials of a person (type <c>authorized_user</c>), or a file for workload identity federation (type
/// <c>external_account</c>). A token is had at once, so that what does not
/// work is heard of before it is saved.
/// </summary>
/// <param name="tokens">Has the token.</param>
internal sealed class VertexFileLogin(VertexTokens tokens) : IImportLogin
{
    private static readonly HashSet<string> GoogleHosts = new(StringComparer.OrdinalIgnoreCase) { "oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com" };

    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From a service account's key file, Google's default credentials or a file for workload identity federation";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["${GOOGLE_APPLICATION_CREDENTIALS}", "${CLOUDSDK_CONFIG:-~/.config/gcloud}/application_default_credentials.json", "${APPDATA:-~/AppData/Roaming}/gcloud/application_default_credentials.json"];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
    {
        try
        {
            var file = VertexKeyFile.Read(content);
            return new ImportedIdentity(file.Label, file.Credential.AccountId, file.Project) { Digest = ImportedIdentity.DigestOf(file.Credential) };
        }
        catch (LoginException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<VertexSettings>();
        var file = VertexKeyFile.Read(content, address => address == settings.StsUrl || address.StartsWith(settings.IamUrl + "/", StringComparison.Ordinal));
        CheckEndpoint(file, settings);
        var location = file.Location ?? settings.Location;
        if (!VertexAddress.IsLocation(location)) throw new LoginException("The location in this file is none of Google Cloud's.");
        if ((file.Project ?? settings.Project) is not { } project || !VertexAddress.IsProject(project))
            throw new LoginException("The file names no Google Cloud project.") { Fix = "Set providers.vertex.project to the project's id." };
        var renewed = await tokens.RenewAsync(file.Credential with { OrganizationId = project }, context, cancellationToken);
        if (renewed.Credential is not { } ready) throw new LoginException($"{renewed.Reason ?? "No token could be had"}.");
        var account = new Dictionary<string, string>(StringComparer.Ordinal) { [VertexAccountSchema.Project.Name] = project, [VertexAccountSchema.Location.Name] = location };
        if (settings.BaseUrl is { } address) account["base-url"] = address;
        return new LoginResult(ready, file.Label ?? $"{VertexModule.Id} {project}") { AccountId = ready.AccountId, OrganizationId = project, Organization = project, Settings = account };
    }

    /// <summary>The address in a file is never called, but who has a key of another service should hear of it (wire notes logins-2026-11, section 12).</summary>
    private static void CheckEndpoint(VertexKeyFile file, VertexSettings settings)
    {
        if (file.TokenUrl is not { } address || address == settings.TokenUrl) return;
        if (Uri.TryCreate(address, UriKind.Absolute, out var at) && at.Scheme == Uri.UriSchemeHttps && GoogleHosts.Contains(at.Host)) return;
        throw new LoginException("The file names a token endpoint that is not Google's.") { Fix = "If it is yours, set it as providers.vertex.token-url." };
    }
}
