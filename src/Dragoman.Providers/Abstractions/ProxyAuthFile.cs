using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Abstractions;

/// <summary>A credential file of CLIProxyAPI's auth folder: a JSON object with the provider's name as <c>type</c> and OAuth's tokens (wire notes cliproxyapi 2.9).</summary>
/// <param name="Credential">The tokens.</param>
/// <param name="Texts">The file's other texts.</param>
internal sealed record ProxyAuthFile(OAuthCredential Credential, IReadOnlyDictionary<string, string> Texts)
{
    /// <summary>What the owner should know of a login that two programs have.</summary>
    public const string SharedWarning = "Another program has this login too: whichever renews it first may sign the other one out. Signing in here gives the gateway a login of its own.";

    /// <summary>Reads a file; null where it is another one, or has no token.</summary>
    public static ProxyAuthFile? TryRead(ReadOnlyMemory<byte> content, string type)
    {
        try
        {
            return Read(content, type);
        }
        catch (LoginException)
        {
            return null;
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="type">The type that it has to be of.</param>
    /// <exception cref="LoginException">It is another file.</exception>
    public static ProxyAuthFile Read(ReadOnlyMemory<byte> content, string type)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var root = file.RootElement;
            if (root.ValueKind != JsonValueKind.Object || VendorJson.Text(root, "type") != type) throw new LoginException($"This is no file of the type '{type}'.");
            if (VendorJson.Text(root, "access_token") is not { } access || !HeaderSafe.Check(access)) throw new LoginException("There is no access token in this file.");
            var texts = root.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String).GroupBy(member => member.Name, StringComparer.Ordinal)
                .ToDictionary(members => members.Key, members => members.Last().Value.GetString()!, StringComparer.Ordinal);
            return new ProxyAuthFile(
                new OAuthCredential
                {
                    AccessToken = access, RefreshToken = VendorJson.Text(root, "refresh_token"), IdToken = VendorJson.Text(root, "id_token"),
                    Expires = DateTimeOffset.TryParse(VendorJson.Text(root, "expired"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : null,
                },
                texts);
        }
        catch (JsonException ex)
        {
            throw new LoginException("The file is no JSON.", ex);
        }
    }

    /// <summary>A text of the file; null where there is none, or an empty one.</summary>
    public string? Text(string name) => Texts.TryGetValue(name, out var text) && text.Length > 0 ? text : null;

    /// <summary>Whose login it is, as far as the file says it.</summary>
    /// <param name="accountId">The vendor's id of the account, where the provider finds one.</param>
    public ImportedIdentity Identify(string? accountId = null) => new(Text("email"), accountId) { Digest = ImportedIdentity.DigestOf(Credential) };

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "credential file";
}
