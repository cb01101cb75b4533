using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>The arguments of the tools that Anthropic's API defines and its clients run; to any other model they are plain functions.</summary>
internal static class ResponsesAnthropicTools
{
    public static JsonSlice Bash { get; } = JsonSlice.Create("""{"type":"object","properties":{"command":{"type":"string","description":"The bash command to run."},"restart":{"type":"boolean","description":"True to restart the shell."}}}"""u8);

    public static JsonSlice TextEditor { get; } = JsonSlice.Create("""{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","undo_edit"]},"path":{"type":"string"},"file_text":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},"view_range":{"type":"array","items":{"type":"integer"}}},"required":["command","path"]}"""u8);

    public static JsonSlice Memory { get; } = JsonSlice.Create("""{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},"path":{"type":"string"},"file_text":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},"old_path":{"type":"string"},"new_path":{"type":"string"},"view_range":{"type":"array","items":{"type":"integer"}}},"required":["command"]}"""u8);
}
