using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Bedrock;

/// <summary>AWS credentials for Bedrock: exactly one of a bearer key, an access key pair, a profile, or nothing (the default chain).</summary>
public sealed record AwsCredential : Credential<AwsCredential>, ICredentialKind<AwsCredential>
{
    internal static readonly SettingField ApiKeyField = new("api-key", SettingType.Text, "A Bedrock API key, sent as a bearer token.") { IsSecret = true };

    internal static readonly IReadOnlyList<SettingField> KeyPairFields =
    [
        new("access-key-id", SettingType.Text, "The access key's id."),
        new("secret-access-key", SettingType.Text, "The access key's secret.") { IsSecret = true },
        new("session-token", SettingType.Text, "The session token of temporary keys.") { IsSecret = true },
    ];

    internal static readonly SettingField ProfileField = new("profile", SettingType.Text, "A profile in the AWS files of the gateway's user.");

    /// <inheritdoc/>
    public static string KindName => "aws";

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [ApiKeyField, .. KeyPairFields, ProfileField];

    /// <summary>A Bedrock API key, sent as a bearer token; or null.</summary>
    public string? BearerKey { get; init; }

    /// <summary>The access key's id, or null.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The access key's secret, or null.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>The session token of temporary keys, or null.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The profile in the user's AWS files, or null.</summary>
    public string? Profile { get; init; }

    /// <inheritdoc/>
    public override string Mask => BearerKey is not null ? MaskOf(BearerKey)
        : AccessKeyId is not null ? MaskOf(AccessKeyId)
        : Profile is not null ? $"profile {Profile}" : "default chain";

    /// <inheritdoc/>
    public override string Identity => string.Join('\n', BearerKey, AccessKeyId, Profile);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [.. new[] { BearerKey, SecretAccessKey, SessionToken }.OfType<string>()];

    /// <inheritdoc/>
    public override DateTimeOffset? ExpiresAt => null;

    /// <summary>The credential as AWS's: an API key alone is a bearer key.</summary>
    public static AwsCredential From(Credential credential) => credential switch
    {
        AwsCredential aws => aws,
        ApiKeyCredential key => new AwsCredential { BearerKey = key.Key },
        _ => new AwsCredential(),
    };

    /// <inheritdoc/>
    public static AwsCredential? Read(SettingsReader entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        string? Value(string key) => entry.Text(key) is { Length: > 0 } text ? text : null;
        var credential = new AwsCredential
        {
            BearerKey = Value("api-key"), AccessKeyId = Value("access-key-id"), SecretAccessKey = Value("secret-access-key"),
            SessionToken = Value("session-token"), Profile = Value("profile"),
        };
        var ok = true;
        void Fault(string key, string message, string remedy)
        {
            entry.ErrorAt(key, message, remedy);
            ok = false;
        }

        if ((credential.AccessKeyId is null) != (credential.SecretAccessKey is null))
            Fault(credential.AccessKeyId is null ? "access-key-id" : "secret-access-key", "An access key needs both its id and its secret.", "Give access-key-id and secret-access-key, or neither.");
        if (credential.SessionToken is not null && credential.AccessKeyId is null)
            Fault("session-token", "A session token belongs to an access key.", "Add access-key-id and secret-access-key.");
        var kinds = (credential.BearerKey is null ? 0 : 1) + (credential.AccessKeyId is null && credential.SecretAccessKey is null ? 0 : 1) + (credential.Profile is null ? 0 : 1);
        if (kinds > 1)
            Fault(credential.Profile is not null ? "profile" : "api-key", "More than one kind of credential is given.", "Keep one of: api-key, access-key-id with secret-access-key, profile.");
        foreach (var (key, value) in new[] { ("api-key", credential.BearerKey), ("access-key-id", credential.AccessKeyId), ("secret-access-key", credential.SecretAccessKey), ("session-token", credential.SessionToken) })
            if (value is not null && !HeaderSafe.Check(value)) Fault(key, "The value contains a space or a character that no header can carry.", "Copy it again without line breaks.");
        return ok ? credential : null;
    }

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter writer)
    {
        WriteOptional(writer, "api-key", BearerKey);
        WriteOptional(writer, "access-key-id", AccessKeyId);
        WriteOptional(writer, "secret-access-key", SecretAccessKey);
        WriteOptional(writer, "session-token", SessionToken);
        WriteOptional(writer, "profile", Profile);
    }
}
