using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Vertex;

/// <summary>What a service account's key or Google's default credentials have brought, those themselves (in the file), or an access token alone; the project that pays, and the location.</summary>
internal sealed class VertexAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>The project.</summary>
    public static readonly SettingField Project = new("project", SettingType.Text, "The Google Cloud project that requests are for; a service account's key names one.");

    /// <summary>The location.</summary>
    public static readonly SettingField Location = new("location", SettingType.Text, "The location: global, us, eu, or a region such as europe-west4.") { Default = VertexAddress.Global };

    /// <summary>Beta flags of Anthropic's that the location takes besides those that are known.</summary>
    public static readonly SettingField Betas = new("anthropic-betas", SettingType.TextList, "Beta flags that Claude takes on Vertex AI, besides those that the gateway knows.");

    private static readonly SettingField BaseUrl = new("base-url", SettingType.Address, "Another address than the location's own: a private endpoint, a gateway.");

    /// <inheritdoc/>
    public string Section => VertexModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Imported key or access token", OAuthCredential.Fields)],
        [Project, Location, Betas, BaseUrl, .. CommonAccountSettings.SettingsWith(Models)])
    {
        FileOnly = [VertexKeySource.ServiceAccount, VertexKeySource.ApplicationDefault],
    };

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var (credential, named) = ReadCredential(entry, environment);
        var project = ReadProject(entry) ?? (entry.Has(Project.Name) ? null : named);
        if (project is null && !entry.Has(Project.Name) && credential is not null) entry.ErrorAt(Project.Name, "Vertex AI needs a Google Cloud project.", "Add project: your-project-id.");
        var location = ReadLocation(entry) ?? VertexAddress.Global;
        var betas = entry.GetStrings(Betas.Name).Select(item => item.Text.Trim()).Where(text => text.Length > 0).ToList();
        var baseUrl = AddressSettings.Base(entry, BaseUrl.Name, "/v1");
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null || project is null) return [];
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { [Project.Name] = project };
        if (betas.Count > 0) options[Betas.Name] = string.Join(',', betas);
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? $"{VertexModule.Id} {project}", Provider = VertexModule.Id, Protocol = Protocol.Gemini, Region = location, BaseUrl = baseUrl ?? VertexAddress.Of(location),
                Credential = credential, Options = options,
            }),
        ];
    }

    /// <summary>The location of an entry; null where there is none, or it is malformed (reported).</summary>
    internal static string? ReadLocation(SettingsReader entry)
    {
        if (entry.Text(Location.Name) is not { Length: > 0 } text) return null;
        if (VertexAddress.IsLocation(text)) return text;
        entry.ErrorAt(Location.Name, "This is not a location of Google Cloud.", "Write global, us, eu, or a region such as europe-west4.");
        return null;
    }

    /// <summary>The project of an entry; null where there is none, or it is malformed (reported).</summary>
    internal static string? ReadProject(SettingsReader entry)
    {
        if (entry.Text(Project.Name) is not { Length: > 0 } text) return null;
        if (VertexAddress.IsProject(text)) return text;
        entry.ErrorAt(Project.Name, "This is not the id of a project.", "Write the id as Google's console shows it, like my-project-123.");
        return null;
    }

    /// <summary>The credential, and the project that its file names.</summary>
    private static (OAuthCredential? Credential, string? Project) ReadCredential(SettingsReader entry, Func<string, string?> environment)
    {
        if (!VertexKeySource.IsIn(entry)) return (OAuthCredential.Read(entry), null);
        if (VertexKeySource.Read(entry, environment) is not { } file) return (null, null);
        return (file.Credential, file.Project is { } project && VertexAddress.IsProject(project) ? project : null);
    }
}
