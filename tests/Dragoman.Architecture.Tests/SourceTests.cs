using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// Which project may use which (docs/architecture.md). Project files, compiled assemblies and source files are each looked at,
/// because each shows what the others hide.
/// </summary>
public sealed partial class SourceTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["Dragoman.Protocols"] = [],
        ["Dragoman.Gateway"] = ["Dragoman.Protocols"],
        ["Dragoman.Providers"] = ["Dragoman.Gateway", "Dragoman.Protocols"],
        ["Dragoman.Storage"] = ["Dragoman.Gateway"],
        ["Dragoman.Emulators"] = ["Dragoman.Protocols"],
        ["Dragoman.Management"] = ["Dragoman.Gateway", "Dragoman.Storage", "Dragoman.Protocols"],
        ["Dragoman.Server"] = ["Dragoman.Management", "Dragoman.Gateway", "Dragoman.Providers", "Dragoman.Storage", "Dragoman.Protocols"],
        ["Dragoman.Cli"] = ["Dragoman.Server", "Dragoman.Management", "Dragoman.Gateway", "Dragoman.Providers", "Dragoman.Storage", "Dragoman.Protocols", "Dragoman.Emulators"],
    };

    /// <summary>What each project must do without.</summary>
    private static readonly Dictionary<string, string[]> MustNotUse = new(StringComparer.Ordinal)
    {
        ["Dragoman.Protocols"] = ["System.Net.Http", "System.Net.Sockets", "Microsoft.AspNetCore", "Microsoft.Extensions", "System.Data", "Amazon", "YamlDotNet"],
        ["Dragoman.Gateway"] = ["Microsoft.AspNetCore", "System.Data", "Microsoft.Data", "Npgsql", "Amazon", "Spectre", "System.CommandLine"],
        ["Dragoman.Providers"] = ["Microsoft.AspNetCore", "System.Data", "Microsoft.Data", "Npgsql", "Spectre", "System.CommandLine"],
        ["Dragoman.Storage"] = ["Microsoft.AspNetCore", "System.Net.Http"],
        ["Dragoman.Management"] = ["Microsoft.AspNetCore", "System.Data", "Microsoft.Data", "Npgsql", "Amazon", "Spectre", "System.CommandLine"],
        ["Dragoman.Server"] = ["Spectre", "System.CommandLine"],
        ["Dragoman.Emulators"] = ["Dragoman.Protocols.Conversation", "Dragoman.Protocols.Json", "Dragoman.Protocols.OpenAi", "Dragoman.Protocols.Anthropic", "Dragoman.Protocols.Gemini",
            "Dragoman.Protocols.Bedrock", "Dragoman.Protocols.CodeWhisperer", "Dragoman.Protocols.Tokens", "Dragoman.Protocols.Registry"],
    };

    /// <summary>Of the gateway, the store knows the ports and what they carry, nothing that acts.</summary>
    private static readonly string[] StorageMayUse = ["Dragoman.Gateway.Persistence."];

    /// <summary>The folder of each protocol, and how the names of its types begin.</summary>
    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.Ordinal)
    {
        ["AnthropicMessages"] = "Anthropic",
        ["BedrockAnthropic"] = "BedrockAnthropic",
        ["BedrockConverse"] = "Converse",
        ["CodeWhisperer"] = "CodeWhisperer",
        ["Gemini"] = "Gemini",
        ["OpenAiChat"] = "Chat",
        ["OpenAiCompletions"] = "Completions",
        ["OpenAiResponses"] = "Responses",
    };

    /// <summary>The parts that have one name in every protocol's folder: the façade, then the halves of a translation.</summary>
    private static readonly string[] UpstreamParts = ["Upstream", "RequestWriter", "AnswerReader", "StreamReader"];

    private static readonly string[] ClientParts = ["Client", "RequestReader", "AnswerWriter", "StreamWriter"];

    /// <summary>Parts that a protocol has no use for. A whole answer of Gemini is one frame of its stream; CodeWhisperer answers in streams only; Anthropic's bodies on Bedrock are read and written as Anthropic's.</summary>
    private static readonly string[] NoSuchPart = ["GeminiAnswerReader", "CodeWhispererAnswerReader", "BedrockAnthropicRequestWriter", "BedrockAnthropicAnswerReader", "BedrockAnthropicRequestReader", "BedrockAnthropicAnswerWriter"];

    public static TheoryData<string> Projects => [.. RepositoryFiles.Files("src", "*.csproj").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Projects))]
    public void Projects_refer_only_to_whom_they_may_know(string project)
    {
        MayKnow.Keys.ShouldContain(project, "a new room needs a line in the plan and in this test");
        var file = XDocument.Load(Path.Combine(RepositoryFiles.Root, "src", project, $"{project}.csproj"));
        var known = file.Descendants("ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value.Replace('\\', '/')));
        known.Except(MayKnow[project]).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Projects))]
    public void Sources_use_only_the_namespaces_of_whom_they_may_know(string project)
    {
        var allowed = MayKnow[project].Append(project).ToArray();
        var faults = new List<string>();
        foreach (var file in RepositoryFiles.Files($"src/{project}", "*.cs"))
        {
            var text = File.ReadAllText(file);
            foreach (var name in OwnNamespaces().Matches(text).Select(match => match.Value).Distinct())
                if (!allowed.Any(room => name == room || name.StartsWith(room + ".", StringComparison.Ordinal))) faults.Add($"{RepositoryFiles.Relative(file)} uses {name}");
            if (!MustNotUse.TryGetValue(project, out var banned)) continue;
            foreach (var name in Usings().Matches(text).Select(match => match.Groups["name"].Value))
                if (banned.Any(room => name == room || name.StartsWith(room, StringComparison.Ordinal))) faults.Add($"{RepositoryFiles.Relative(file)} uses {name}");
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Assemblies_use_only_types_of_whom_they_may_know()
    {
        // Namespaces in usings can be left out by writing names in full; the compiled references cannot.
        var looked = 0;
        foreach (var (project, banned) in MustNotUse)
        {
            if (FindAssembly(project) is not { } path) continue;
            looked++;
            var types = ReferencedTypes(path);
            types.Where(type => banned.Any(room => type.StartsWith(room + ".", StringComparison.Ordinal) || (room.StartsWith("Dragoman.", StringComparison.Ordinal) && type.StartsWith(room, StringComparison.Ordinal))))
                .ShouldBeEmpty(project);
            types.Where(type => type.StartsWith("Dragoman.", StringComparison.Ordinal) && !MayKnow[project].Append(project).Any(room => type.StartsWith(room + ".", StringComparison.Ordinal)))
                .ShouldBeEmpty(project);
        }

        looked.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public void The_store_knows_the_ports_only()
    {
        string[] namespaces = ["Dragoman.Gateway.Persistence", "Dragoman.Storage"];
        foreach (var file in RepositoryFiles.Files("src/Dragoman.Storage", "*.cs"))
        {
            OwnNamespaces().Matches(File.ReadAllText(file)).Select(match => match.Value)
                .Where(name => !namespaces.Any(known => name == known || name.StartsWith(known + ".", StringComparison.Ordinal))).ShouldBeEmpty(RepositoryFiles.Relative(file));
        }

        if (FindAssembly("Dragoman.Storage") is { } path)
        {
            ReferencedTypes(path).Where(type => type.StartsWith("Dragoman.Gateway.", StringComparison.Ordinal) && !StorageMayUse.Any(known => type.StartsWith(known, StringComparison.Ordinal)))
                .ShouldBeEmpty();
        }
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        var faults = new List<string>();
        foreach (var file in RepositoryFiles.Files("src", "*.cs"))
        {
            if (Declared().Match(File.ReadAllText(file)) is not { Success: true } match) continue;
            var folder = string.Join('.', RepositoryFiles.Relative(Path.GetDirectoryName(file)!).Split('/').Skip(1));
            if (match.Groups["name"].Value != folder) faults.Add($"{RepositoryFiles.Relative(file)} declares {match.Groups["name"].Value}");
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Files_are_small()
    {
        string[] folders = ["src", "tests", "bench"];
        folders.SelectMany(folder => RepositoryFiles.Files(folder, "*.cs")).Select(file => (File: RepositoryFiles.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(item => item.Lines > 400).ShouldBeEmpty();
    }

    [Fact]
    public void Every_protocol_has_the_same_parts_under_one_prefix()
    {
        var faults = new List<string>();
        foreach (var (folder, prefix) in Prefixes)
        {
            var files = RepositoryFiles.Files($"src/Dragoman.Protocols/{folder}", "*.cs").ToList();
            files.ShouldNotBeEmpty(folder);
            foreach (var file in files)
            {
                var half = Path.GetFileName(Path.GetDirectoryName(file));
                var isTraits = half == folder && Path.GetFileName(file) == $"{prefix}Traits.cs";
                if (!isTraits && half is not ("Client" or "Upstream" or "Shared")) faults.Add($"{RepositoryFiles.Relative(file)} belongs into Client, Upstream or Shared");
                if (!Path.GetFileName(file).StartsWith(prefix, StringComparison.Ordinal)) faults.Add($"{RepositoryFiles.Relative(file)} should begin with {prefix}");
            }

            if (!File.Exists(Path.Combine(RepositoryFiles.Root, "src", "Dragoman.Protocols", folder, $"{prefix}Traits.cs"))) faults.Add($"{folder} lacks {prefix}Traits");
            Check("Client", ClientParts);
            Check("Upstream", UpstreamParts);

            void Check(string half, string[] parts)
            {
                if (!File.Exists(Path.Combine(RepositoryFiles.Root, "src", "Dragoman.Protocols", folder, half, $"{prefix}{half}.cs"))) return;
                foreach (var part in parts)
                    if (!NoSuchPart.Contains(prefix + part) && !files.Any(file => file.EndsWith($"/{half}/{prefix}{part}.cs", StringComparison.Ordinal))) faults.Add($"{folder}/{half} lacks {prefix}{part}");
                if (!files.Any(file => file.EndsWith($"{prefix}Errors.cs", StringComparison.Ordinal)) && folder != "OpenAiCompletions") faults.Add($"{folder} lacks {prefix}Errors");
            }
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Names_of_files_say_what_is_in_them()
    {
        string[] vague = ["Helper", "Helpers", "Util", "Utils", "Utility", "Manager", "Misc", "Common"];
        RepositoryFiles.Files("src", "*.cs").Where(file => vague.Any(word => Path.GetFileNameWithoutExtension(file).EndsWith(word, StringComparison.Ordinal)))
            .Select(RepositoryFiles.Relative).ShouldBeEmpty();
    }

    private static string? FindAssembly(string project)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, $"{project}.dll");
        if (File.Exists(beside)) return beside;
        var built = Path.Combine(RepositoryFiles.Root, "src", project, "bin");
        return Directory.Exists(built)
            ? Directory.EnumerateFiles(built, $"{project}.dll", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            : null;
    }

    private static List<string> ReferencedTypes(string assembly)
    {
        using var stream = File.OpenRead(assembly);
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Where(type => !type.Namespace.IsNil)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }

    [GeneratedRegex(@"(?<![\w.""/])Dragoman\.(?:Protocols|Gateway|Providers|Storage|Server|Cli|Emulators)(?:\.\w+)*", RegexOptions.None, 10_000)]
    private static partial Regex OwnNamespaces();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?<name>[\w.]+)\s*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Usings();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Declared();
}
