using System.Text.Json;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Accounts;

/// <summary>No credential: the upstream asks for none (a local model server).</summary>
public sealed record NoCredential : Credential<NoCredential>, ICredentialKind<NoCredential>
{
    /// <inheritdoc/>
    public static string KindName => "none";

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields => [];

    /// <inheritdoc/>
    public override string Mask => "none";

    /// <inheritdoc/>
    public override string Identity => "";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [];

    /// <inheritdoc/>
    public override DateTimeOffset? ExpiresAt => null;

    /// <inheritdoc/>
    public static NoCredential Read(SettingsReader entry) => new();

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter writer)
    {
    }
}
