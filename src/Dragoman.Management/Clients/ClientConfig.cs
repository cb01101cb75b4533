using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>A client that can be pointed at the gateway: which files of its own say so, and how.</summary>
internal abstract class ClientConfig
{
    /// <summary>All of them, in the order they are listed.</summary>
    public static IReadOnlyList<ClientConfig> All { get; } =
        [new Dragoman.Management.Clients.ClaudeCode(), new Dragoman.Management.Clients.Codex(), new Dragoman.Management.Clients.GeminiCli(), new Dragoman.Management.Clients.OpenCode(), new Dragoman.Management.Clients.QwenCode()];

    /// <summary>What the command calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What people call it.</summary>
    public abstract string Title { get; }

    /// <summary>Where it is described.</summary>
    public abstract string Homepage { get; }

    /// <summary>The protocol that it speaks.</summary>
    public abstract Protocol Protocol { get; }

    /// <summary>Whether it has to be told a model, because it knows none by itself that the gateway could serve.</summary>
    public virtual bool NeedsModel => false;

    /// <summary>The files that are changed, the most telling one first.</summary>
    public abstract IReadOnlyList<string> Files(ClientPaths places);

    /// <summary>What is set in them.</summary>
    public abstract IReadOnlyList<FileEdit> Edits(ClientPaths places, GatewayEndpoint gateway);

    /// <summary>The same as texts to copy: the files, and where it takes variables a shell's lines.</summary>
    public virtual IEnumerable<ClientBlock> Blocks(GatewayEndpoint gateway) => ClientText.Files(this, gateway);

    /// <summary>What its user should know, one line each.</summary>
    public virtual IEnumerable<string> Notes(GatewayEndpoint gateway) => [];
}

/// <summary>What is set in a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Settings">The settings, in the order they are written.</param>
internal sealed record FileEdit(string Path, IReadOnlyList<Setting> Settings);

/// <summary>One setting.</summary>
/// <param name="Path">Its name, word by word.</param>
/// <param name="Value">Its value as it stands in the file.</param>
/// <param name="Secret">Whether the value is a key: it is then kept and shown only as a hash or mask.</param>
internal sealed record Setting(IReadOnlyList<string> Path, string Value, bool Secret = false);
