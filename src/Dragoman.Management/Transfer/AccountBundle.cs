using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Transfer;

/// <summary>What is in a bundle of accounts, once it is opened.</summary>
/// <param name="Format">The form of the content: 1.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Host">The name of the machine that it was made on.</param>
/// <param name="Accounts">The accounts.</param>
internal sealed record AccountBundle(int Format, DateTimeOffset CreatedAt, string Host, IReadOnlyList<PortableAccount> Accounts)
{
    private const int Known = 1;
    private const int MostAccounts = 10_000;

    /// <summary>A later version may say more of an account; what it says besides is left.</summary>
    private static readonly JsonSerializerOptions Json = new(ManagementJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>A bundle as it is written now.</summary>
    public static AccountBundle From(IReadOnlyList<PortableAccount> accounts, DateTimeOffset now) => new(Known, now, Environment.MachineName, accounts);

    /// <summary>Opens a bundle.</summary>
    /// <exception cref="SecretUnreadableException">It cannot be opened, or this version does not know what is in it.</exception>
    public static AccountBundle Open(byte[] file, string passphrase)
    {
        var content = PassphraseEnvelope.Open(file, passphrase);
        try
        {
            var bundle = JsonSerializer.Deserialize<AccountBundle>(content, Json);
            return bundle is { Format: Known, Accounts.Count: <= MostAccounts } ? bundle : throw new SecretUnreadableException("The bundle was made by a newer version. Import it with that.");
        }
        catch (JsonException ex)
        {
            throw new SecretUnreadableException("What is in the bundle cannot be read.", ex);
        }
        finally
        {
            Array.Clear(content);
        }
    }

    /// <summary>The bundle as a file; null where it is too large.</summary>
    public byte[]? Seal(string passphrase, PassphraseCost cost)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(this, Json);
        try
        {
            return content.Length <= PassphraseEnvelope.MaxContent ? PassphraseEnvelope.Seal(content, passphrase, cost) : null;
        }
        finally
        {
            Array.Clear(content);
        }
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => $"{Accounts.Count} accounts";
}
