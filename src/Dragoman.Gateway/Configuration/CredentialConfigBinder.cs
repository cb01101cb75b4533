using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads upstream credentials; their values never appear in a problem.</summary>
internal static class CredentialConfigBinder
{
    /// <summary>Whether a text can be sent as a credential: visible ASCII without spaces.</summary>
    public static bool IsHeaderSafe(string key) => key.All(letter => letter is > ' ' and < (char)127);

    /// <summary>The API key under <c>api-key</c>; null when it is missing and needed, or cannot be sent (reported).</summary>
    public static Credential? ApiKey(ConfigSection section, bool optional)
    {
        var key = section.Text("api-key");
        if (string.IsNullOrEmpty(key))
        {
            if (optional) return new NoCredential();
            if (section.Has("api-key") && section.Map.Find("api-key")!.Value is Dragoman.Gateway.Configuration.Yaml.YamlScalar { IsNull: false, Value.Length: > 0 }) return null; // reported already
            section.ErrorAt("api-key", section.Has("api-key") ? "The key is empty." : "An API key is needed.", "Add api-key: <your key>, or api-key: ${NAME} to take it from the environment.");
            return null;
        }

        if (IsHeaderSafe(key)) return new ApiKeyCredential(key);
        section.ErrorAt("api-key", "The key contains a space or a character that no header can carry.", "Copy it again without line breaks.");
        return null;
    }

    /// <summary>The AWS credential of an entry: exactly one kind, or none for the default chain.</summary>
    public static AwsCredential? Aws(ConfigSection section)
    {
        string? Value(string key) => section.Text(key) is { Length: > 0 } text ? text : null;
        var credential = new AwsCredential
        {
            BearerKey = Value("api-key"), AccessKeyId = Value("access-key-id"), SecretAccessKey = Value("secret-access-key"),
            SessionToken = Value("session-token"), Profile = Value("profile"),
        };
        var ok = true;
        void Fault(string key, string message, string remedy)
        {
            section.ErrorAt(key, message, remedy);
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
            if (value is not null && !IsHeaderSafe(value)) Fault(key, "The value contains a space or a character that no header can carry.", "Copy it again without line breaks.");
        return ok ? credential : null;
    }

    /// <summary>An id that stays the same as long as provider, address and credential do, and gives none of them away.</summary>
    public static string StableId(string provider, string baseUrl, Credential credential, string? prefix)
    {
        var secret = credential switch
        {
            ApiKeyCredential key => key.Key,
            AwsCredential aws => string.Join('\n', aws.BearerKey, aws.AccessKeyId, aws.Profile),
            _ => "",
        };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', provider, baseUrl, secret, prefix)));
        return $"{provider}-{Convert.ToHexStringLower(hash.AsSpan(0, 5))}";
    }
}
