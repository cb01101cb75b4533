using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Management.Accounts;

namespace Dragoman.Management.CredentialFiles;

/// <summary>An account of the store as the credential file that it would be in CLIProxyAPI's folder; no secret.</summary>
/// <param name="Name">The file's name, with <c>.json</c>.</param>
/// <param name="Type">The word by which such files name the provider.</param>
/// <param name="Account">The account.</param>
/// <param name="Members">What the file has besides tokens and what accounts have by themselves: its owner's note, members of other programs.</param>
/// <param name="Facts">What the provider keeps with the login and may be shown: a plan, a project.</param>
/// <param name="Settings">The account's settings that files have too, as the file names them.</param>
public sealed record CredentialFileView(string Name, string Type, AccountView Account, JsonObject Members, IReadOnlyDictionary<string, string> Facts, JsonObject Settings)
{
    /// <summary>Whether it is no file of an account that is kept, but a worker's that is connected now.</summary>
    public bool IsRuntimeOnly => Account.Origin == AccountOrigin.Connected;

    /// <summary>The e-mail address of the login, as far as it is known; empty where it is not.</summary>
    public string Email => Members["email"] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : Account.Label.Contains('@', StringComparison.Ordinal) ? Account.Label : "";
}
