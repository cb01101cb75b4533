using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>
/// The tools that the client runs but whose schema Anthropic keeps. Declared with their schema written out, every other model can call
/// them too.
/// </summary>
internal sealed class AnthropicKnownTools
{
    private static readonly AnthropicKnownTools Bash = new(
        "Run commands in a bash shell that stays open between calls.",
        """{"type":"object","properties":{"command":{"type":"string","description":"The command to run."},"restart":{"type":"boolean","description":"Start the shell anew; no command is needed then."}}}"""u8);

    private static readonly AnthropicKnownTools TextEditor = new(
        "View, create and edit text files. Commands: view (optionally view_range), create (file_text), str_replace (old_str must occur exactly once, new_str), insert (insert_text after insert_line).",
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},"path":{"type":"string","description":"Absolute path of the file or directory."},"view_range":{"type":"array","items":{"type":"integer"},"description":"First and last line to view; -1 is the end of the file."},"file_text":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"}},"required":["command","path"]}"""u8);

    private static readonly AnthropicKnownTools Memory = new(
        "Keep notes in files under /memories that outlive the conversation. Commands: view (path), create (path, file_text), str_replace (path, old_str, new_str), insert (path, insert_line, insert_text), delete (path), rename (old_path, new_path).",
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},"path":{"type":"string"},"view_range":{"type":"array","items":{"type":"integer"}},"file_text":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},"old_path":{"type":"string"},"new_path":{"type":"string"}},"required":["command"]}"""u8);

    private AnthropicKnownTools(string description, ReadOnlySpan<byte> schema)
    {
        Description = JsonText.From(description);
        Schema = JsonSlice.Create(schema);
    }

    /// <summary>What the tool does.</summary>
    public JsonText Description { get; }

    /// <summary>The JSON Schema of its arguments.</summary>
    public JsonSlice Schema { get; }

    /// <summary>The tool of a declaration's type, or null when it is not one of these.</summary>
    public static AnthropicKnownTools? Find(string type)
    {
        if (type.StartsWith("bash_", StringComparison.Ordinal)) return Bash;
        if (type.StartsWith("text_editor_", StringComparison.Ordinal)) return TextEditor;
        return type.StartsWith("memory_", StringComparison.Ordinal) ? Memory : null;
    }
}
