using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.FakeModel;

/// <summary>
/// Finds, among the tools a coding agent offers, the one that writes a file, reads one or runs a command, by name and schema, and fills its
/// arguments in the shape that very tool wants.
/// </summary>
internal static class AgentTools
{
    private static readonly string[] Writers = ["Write", "write_file", "create_file", "write", "fs_write"];
    private static readonly string[] Readers = ["Read", "read_file", "read", "fs_read"];
    private static readonly string[] Shells = ["Bash", "run_shell_command", "exec_command", "shell_command", "shell", "local_shell", "bash"];
    private static readonly string[] PathNames = ["file_path", "path", "absolute_path", "filePath", "filename", "target_file"];
    private static readonly string[] ContentNames = ["content", "contents", "file_text", "text"];
    private static readonly string[] CommandNames = ["command", "cmd", "commands"];

    public static (ToolOffer Tool, string Input)? Write(IReadOnlyList<ToolOffer> tools, string path, string content)
    {
        foreach (var tool in Named(tools, Writers))
        {
            if (Property(tool, PathNames) is { } at && Property(tool, ContentNames) is { } what)
                return (tool, Fill(tool, new JsonObject { [at] = path, [what] = content }));
        }

        var patch = $"*** Begin Patch\n*** Add File: {path}\n{string.Join('\n', content.Split('\n').Select(line => "+" + line))}\n*** End Patch";
        foreach (var tool in tools)
        {
            if (tool.Kind == ToolKind.ApplyPatch)
            {
                var operation = new JsonObject { ["type"] = "create_file", ["path"] = path, ["diff"] = "+" + content + "\n" };
                return (tool, JsonExtensions.Text(operation));
            }

            if (tool.Name == "apply_patch")
                return (tool, tool.Kind == ToolKind.Custom ? patch : Fill(tool, new JsonObject { [Property(tool, ["input", "patch"]) ?? "input"] = patch }));
        }

        return Run(tools, $"printf '%s\\n' {Quote(content)} > {Quote(path)}");
    }

    public static (ToolOffer Tool, string Input)? Read(IReadOnlyList<ToolOffer> tools, string path)
    {
        foreach (var tool in Named(tools, Readers))
        {
            if (Property(tool, PathNames) is { } at)
                return (tool, Fill(tool, new JsonObject { [at] = path }));
        }

        return Run(tools, $"cat {Quote(path)}");
    }

    public static (ToolOffer Tool, string Input)? Run(IReadOnlyList<ToolOffer> tools, string command)
    {
        foreach (var tool in tools)
        {
            if (tool.Kind == ToolKind.LocalShell)
                return (tool, JsonExtensions.Text(new JsonObject { ["type"] = "exec", ["command"] = Words(command), ["env"] = new JsonObject() }));
            if (tool.Kind == ToolKind.Shell)
                return (tool, JsonExtensions.Text(new JsonObject { ["commands"] = new JsonArray(command), ["timeout_ms"] = null, ["max_output_length"] = null }));
        }

        foreach (var tool in Named(tools, Shells))
        {
            if (Property(tool, CommandNames) is not { } at)
                continue;
            var isList = (tool.Schema?["properties"]?[at]?["type"]).Str()?.ToLowerInvariant() == "array";
            return (tool, Fill(tool, new JsonObject { [at] = isList ? Words(command) : JsonValue.Create(command) }));
        }

        return null;
    }

    private static IEnumerable<ToolOffer> Named(IReadOnlyList<ToolOffer> tools, string[] names) =>
        names.SelectMany(name => tools.Where(tool => tool.Kind == ToolKind.Function && tool.Name == name));

    private static string? Property(ToolOffer tool, string[] names) =>
        tool.Schema?["properties"] is JsonObject properties ? Array.Find(names, properties.ContainsKey) : null;

    // Members that the tool requires beyond those we mean to give: the smallest value its schema allows.
    private static string Fill(ToolOffer tool, JsonObject input)
    {
        if (SchemaSample.For(tool.Schema) is JsonObject least)
        {
            foreach (var (name, value) in least)
            {
                if (!input.ContainsKey(name))
                    input[name] = name == "description" ? "As the user asked" : value?.DeepClone();
            }
        }

        return JsonExtensions.Text(input);
    }

    private static JsonArray Words(string command) => new("bash", "-lc", command);

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
