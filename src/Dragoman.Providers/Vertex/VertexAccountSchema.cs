using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Vertex;

/// <summary>What a service account's key or Google's default credentials have brought, or an access token alone; the project that pays, and the location.</summary>
internal sealed class VertexAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>The project.</summary>
    public static readonly SettingField Project = new("project", SettingType.Text, "The Google Cloud project that requests are for.") { IsRequired = true };

    /// <summary>The location.</summary>
    public static readonly SettingField Location = new("location", SettingType.Text, "The location: global, us, eu, or a region such as europe-west4.") { Default = VertexAddress.Global };

    private static readonly SettingField BaseUrl = new("base-url", SettingType.Address, "Another address than the location's own: a private endpoint, a gateway.");

    /// <inheritdoc/>
    public string Section => VertexModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Imported key or access token", OAuthCredential.Fields)],
        [Project, Location, BaseUrl, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var credential = OAuthCredential.Read(entry);
        var project = ReadProject(entry);
        if (!entry.Has(Project.Name)) entry.ErrorAt(Project.Name, "Vertex AI needs a Google Cloud project.", "Add project: your-project-id.");
        var location = ReadLocation(entry) ?? VertexAddress.Global;
        var baseUrl = AddressSettings.Base(entry, BaseUrl.Name, "/v1");
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null || project is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? $"{VertexModule.Id} {project}", Provider = VertexModule.Id, Protocol = Protocol.Gemini, Region = location, BaseUrl = baseUrl ?? VertexAddress.Of(location),
                Credential = credential, Options = new Dictionary<string, string>(StringComparer.Ordinal) { [Project.Name] = project },
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
}
