namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Names of tools in namespaces, and the tool types of this protocol that the client runs itself.</summary>
internal static class ResponsesNames
{
    private const string Separator = "__";

    /// <summary>The flat name of a function in a namespace: <c>namespace__function</c>.</summary>
    public static string Flat(string tools, string name) => Prefix(tools) + name;

    /// <summary>The function's own name, taken out of its flat name.</summary>
    public static string Local(string tools, string flat)
    {
        var prefix = Prefix(tools);
        return flat.StartsWith(prefix, StringComparison.Ordinal) ? flat[prefix.Length..] : flat;
    }

    /// <summary>Whether the client itself runs calls of this tool type, though it declares no schema for it.</summary>
    public static bool IsClientRun(string? type) => type is "local_shell" or "shell" or "apply_patch";

    private static string Prefix(string tools) => tools.EndsWith(Separator, StringComparison.Ordinal) ? tools : tools + Separator;
}
