using System.Text.Json;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Accounts;

/// <summary>An API key, sent in whichever header the provider wants.</summary>
/// <param name="Key">The key.</param>
public sealed record ApiKeyCredential(string Key) : Credential<ApiKeyCredential>, ICredentialKind<ApiKeyCredential>
{
    /// <summary>The key under which it is read.</summary>
    public const string SettingName = "api-key";

    /// <inheritdoc/>
    public static string KindName => "api-key";

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [new(SettingName, SettingType.Text, "The API key.") { IsSecret = true, IsRequired = true }];

    /// <inheritdoc/>
    public override string Mask => MaskOf(Key);

    /// <inheritdoc/>
    public override string Identity => Key;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [Key];

    /// <inheritdoc/>
    public override DateTimeOffset? ExpiresAt => null;

    /// <inheritdoc/>
    public static ApiKeyCredential? Read(SettingsReader entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var key = entry.Text(SettingName);
        if (string.IsNullOrEmpty(key))
        {
            // A value that could not be read (a variable that is not set) has been reported already.
            if (entry.Has(SettingName) && entry.Map.Find(SettingName)!.Value is SettingScalar { IsNull: false, Value.Length: > 0 }) return null;
            entry.ErrorAt(SettingName, entry.Has(SettingName) ? "The key is empty." : "An API key is needed.", "Add api-key: <your key>, or api-key: ${NAME} to take it from the environment.");
            return null;
        }

        if (HeaderSafe.Check(key)) return new ApiKeyCredential(key);
        entry.ErrorAt(SettingName, HeaderSafe.Problem, "Copy it again without line breaks.");
        return null;
    }

    /// <summary>Reads a key, or no credential where there is none and the upstream may do without.</summary>
    public static Credential? ReadOptional(SettingsReader entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return string.IsNullOrEmpty(entry.Text(SettingName)) ? new NoCredential() : Read(entry);
    }

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter writer) => WriteOptional(writer, SettingName, Key);
}
