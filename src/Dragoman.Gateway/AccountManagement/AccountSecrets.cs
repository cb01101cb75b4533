using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>What is kept encrypted of an account of the store: the credential as its kind writes it, and the settings that may hold a secret.</summary>
internal sealed class AccountSecrets(ProviderRegistry providers, ISecretProtector secrets)
{
    /// <summary>The opened members; null where the secret cannot be opened any more.</summary>
    public Dictionary<string, JsonElement>? Open(StoredAccount stored)
    {
        if (stored.Secret.IsEmpty) return [];
        try
        {
            return DraftJson.Parse(secrets.Unprotect(stored.Secret.Span, SecretPurpose.Account(stored.Id)));
        }
        catch (SecretUnreadableException)
        {
            return null;
        }
    }

    /// <summary>The account with a credential in place of its own, and what is shown of it.</summary>
    /// <param name="stored">The account.</param>
    /// <param name="credential">The credential.</param>
    /// <param name="members">The members of which the settings that may hold a secret are kept.</param>
    public StoredAccount Seal(StoredAccount stored, Credential credential, Dictionary<string, JsonElement> members)
    {
        var json = Write(stored.Provider, credential, members);
        return stored with
        {
            Mask = credential.Mask,
            CredentialKind = credential.Kind,
            ExpiresAt = credential.ExpiresAt,
            Secret = json.Length <= 2 ? default(ReadOnlyMemory<byte>) : secrets.Protect(json, SecretPurpose.Account(stored.Id)),
        };
    }

    private byte[] Write(string provider, Credential credential, Dictionary<string, JsonElement> members)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            credential.WriteMembers(writer);
            foreach (var key in providers[provider].Accounts.Form.SecretSettings)
            {
                if (!members.TryGetValue(key, out var value)) continue;
                writer.WritePropertyName(key);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}
