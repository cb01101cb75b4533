using System.Text.Json;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// What an account authenticates with. Never logged, never serialised as it is: <c>ToString</c> shows only a mask. A kind of credential derives from
/// <see cref="Credential{TSelf}"/> and must state everything that is asked for here; a kind that leaves something out does not compile.
/// </summary>
public abstract record Credential
{
    private protected Credential()
    {
    }

    /// <summary>The kind's name, as it is stored and shown: <c>api-key</c>, <c>aws</c>, <c>oauth</c>, <c>none</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>A short mark that tells two credentials apart and gives neither away.</summary>
    public abstract string Mask { get; }

    /// <summary>
    /// What makes the account's id together with provider, address and prefix; only a hash of it leaves the process. The vendor's id of the account where one is
    /// known, else the secret itself; empty for a credential that says nothing about whose account it is.
    /// </summary>
    public abstract string Identity { get; }

    /// <summary>Every secret in it: what must not be in a log, a recorded body or an error.</summary>
    public abstract IReadOnlyList<string> Secrets { get; }

    /// <summary>When it expires; null where it does not, or nobody knows.</summary>
    public abstract DateTimeOffset? ExpiresAt { get; }

    /// <summary>Writes it as members of a JSON object, under the keys that <see cref="ICredentialKind{TSelf}.Read"/> reads. What is written is encrypted by whoever stores it.</summary>
    public abstract void WriteMembers(Utf8JsonWriter writer);

    /// <inheritdoc/>
    public sealed override string ToString() => Mask;

    /// <summary>The mask of a secret: its first and last letters where it is long enough, else nothing of it.</summary>
    protected static string MaskOf(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.Length >= 16 ? $"{secret[..4]}…{secret[^4..]}" : "…";
    }

    /// <summary>Writes a member where there is a value.</summary>
    protected static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is not null) writer.WriteString(name, value);
    }
}

/// <summary>A kind of credential.</summary>
/// <typeparam name="TSelf">The kind itself.</typeparam>
public abstract record Credential<TSelf> : Credential
    where TSelf : Credential<TSelf>, ICredentialKind<TSelf>
{
    /// <inheritdoc/>
    public sealed override string Kind => TSelf.KindName;
}

/// <summary>What a kind of credential states of itself as a kind.</summary>
/// <typeparam name="TSelf">The kind.</typeparam>
public interface ICredentialKind<TSelf>
    where TSelf : Credential<TSelf>, ICredentialKind<TSelf>
{
    /// <summary>The kind's name, as it is stored and shown.</summary>
    static abstract string KindName { get; }

    /// <summary>The keys that it is made of.</summary>
    static abstract IReadOnlyList<SettingField> Fields { get; }

    /// <summary>Reads it from an entry of the configuration file or from a stored account; null where it cannot be used, with the reason reported. Values never appear in a problem.</summary>
    static abstract TSelf? Read(SettingsReader entry);
}

/// <summary>A kind of credential as a value, for lists of the kinds that a provider takes.</summary>
/// <param name="Name">The kind's name.</param>
/// <param name="Fields">The keys that it is made of; none for a credential that needs nothing.</param>
/// <param name="Read">Reads it; see <see cref="ICredentialKind{TSelf}.Read"/>.</param>
public sealed record CredentialKind(string Name, IReadOnlyList<SettingField> Fields, Func<SettingsReader, Credential?> Read)
{
    /// <summary>The kind that a type is.</summary>
    public static CredentialKind From<T>()
        where T : Credential<T>, ICredentialKind<T>
        => new(T.KindName, T.Fields, T.Read);
}
