using System.Text.Json.Serialization;

namespace Dragoman.Management.Clients;

/// <summary>The client programs and libraries, and how each is pointed at the gateway.</summary>
/// <param name="BaseUrl">The gateway's address in the texts.</param>
/// <param name="KeyPlaceholder">What stands in the texts where the client key goes.</param>
/// <param name="CanWrite">Whether the gateway can change the clients' files for this caller.</param>
/// <param name="Reason">Why it cannot; absent where it can.</param>
/// <param name="User">Whose files they are: who runs the gateway; absent where it cannot change them.</param>
/// <param name="Clients">The clients.</param>
public sealed record ClientListView(string BaseUrl, string KeyPlaceholder, bool CanWrite, string? Reason, string? User, IReadOnlyList<ClientView> Clients);

/// <summary>A client.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Homepage">Where it is described.</param>
/// <param name="Protocol">The protocol that it speaks.</param>
/// <param name="Kind"><c>program</c> or <c>library</c>.</param>
/// <param name="WritesFiles">Whether the gateway can write its configuration, on the machine that both are on.</param>
/// <param name="Connected"><c>yes</c> (by the gateway or its command line, and here), <c>other</c> (to another address, or changed since), <c>no</c>.</param>
/// <param name="Files">Its own files; below <c>~</c> for callers on other machines.</param>
/// <param name="Blocks">What to copy.</param>
/// <param name="Notes">What its user should know.</param>
public sealed record ClientView(
    string Id, string Name, string Homepage, string Protocol, string Kind, bool WritesFiles, string Connected, IReadOnlyList<string> Files, IReadOnlyList<ClientBlock> Blocks, IReadOnlyList<string> Notes);

/// <summary>A text to copy.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Kind"><c>shell</c>, <c>file</c>, <c>code</c>, or <c>settings</c> (to be entered in the program's own pages, a line each).</param>
/// <param name="Format">What it is written in: <c>sh</c>, <c>json</c>, <c>toml</c>, <c>ini</c>, <c>python</c>, <c>js</c>, <c>text</c>.</param>
/// <param name="Path">The file it belongs into; absent for the other kinds.</param>
/// <param name="Text">The text.</param>
public sealed record ClientBlock(string Title, string Kind, [property: JsonPropertyName("language")] string Format, string? Path, string Text);

/// <summary>What connecting a client, or taking it back, does to its files.</summary>
/// <param name="Id">The client.</param>
/// <param name="Files">The files.</param>
/// <param name="Applied">Whether it was done.</param>
/// <param name="Digest">Stands for exactly these changes: it is sent back to have them made.</param>
/// <param name="Warnings">What its user should know.</param>
public sealed record ClientChangeView(string Id, IReadOnlyList<ClientFileView> Files, bool Applied, string Digest, IReadOnlyList<string> Warnings);

/// <summary>What becomes of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Diff">The difference in unified form, with keys masked; empty where nothing changes.</param>
/// <param name="Exists">Whether it is there now.</param>
public sealed record ClientFileView(string Path, string Diff, bool Exists);

/// <summary>How a client is connected.</summary>
/// <param name="Key">The client key; null for a gateway that asks for none.</param>
/// <param name="Model">The model to ask for; null for the client's own choice.</param>
/// <param name="SmallModel">The model for small tasks; null for the client's own choice.</param>
/// <param name="Apply">Whether it is done, or only shown.</param>
/// <param name="Digest">The digest of the changes that were shown; needed to make them.</param>
public sealed record ClientConnectInput(string? Key = null, string? Model = null, string? SmallModel = null, bool Apply = false, string? Digest = null)
{
    /// <summary>A record would print its members, and the key is one.</summary>
    public override string ToString() => $"connect, apply {Apply}";
}

/// <summary>How a connection is taken back.</summary>
/// <param name="Apply">Whether it is done, or only shown.</param>
/// <param name="Digest">The digest of the changes that were shown; needed to make them.</param>
/// <param name="Force">Whether the copies are put back over whatever was changed since.</param>
public sealed record ClientDisconnectInput(bool Apply = false, string? Digest = null, bool Force = false);
