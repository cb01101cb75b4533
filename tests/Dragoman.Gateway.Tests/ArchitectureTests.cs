using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dragoman.Gateway.Tests.Support;

namespace Dragoman.Gateway.Tests;

/// <summary>
/// The house's walls: who may know whom (docs/architecture.md). Project files, compiled assemblies and source files are each looked at,
/// because each shows what the others hide.
/// </summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["Dragoman.Protocols"] = [],
        ["Dragoman.Gateway"] = ["Dragoman.Protocols"],
        ["Dragoman.Storage"] = ["Dragoman.Gateway"],
        ["Dragoman.Emulators"] = ["Dragoman.Protocols"],
        ["Dragoman.Server"] = ["Dragoman.Gateway", "Dragoman.Storage", "Dragoman.Protocols", "Dragoman.Emulators"],
    };

    /// <summary>What each room must do without.</summary>
    private static readonly Dictionary<string, string[]> MustNotUse = new(StringComparer.Ordinal)
    {
        ["Dragoman.Protocols"] = ["System.Net.Http", "System.Net.Sockets", "Microsoft.AspNetCore", "Microsoft.Extensions", "System.Data", "Amazon", "YamlDotNet"],
        ["Dragoman.Gateway"] = ["Microsoft.AspNetCore", "System.Data", "Microsoft.Data", "Npgsql", "Dapper", "Spectre", "System.CommandLine"],
        ["Dragoman.Storage"] = ["Microsoft.AspNetCore", "System.Net.Http"],
        ["Dragoman.Emulators"] = ["Dragoman.Protocols.Conversation", "Dragoman.Protocols.Json", "Dragoman.Protocols.OpenAi", "Dragoman.Protocols.Anthropic", "Dragoman.Protocols.Gemini",
            "Dragoman.Protocols.Bedrock", "Dragoman.Protocols.Continuity", "Dragoman.Protocols.Tokens", "Dragoman.Protocols.JsonSchema"],
    };

    /// <summary>Of the gateway, the store knows the ports and what they carry, nothing that acts.</summary>
    private static readonly string[] StorageMayUse = ["Dragoman.Gateway.State.", "Dragoman.Gateway.Accounts.LaneState", "Dragoman.Gateway.Providers.FailureClass"];

    /// <summary>In a language's folder, the parts that have one name everywhere: façades, then halves.</summary>
    private static readonly string[] UpstreamCast = ["Upstream", "RequestWriter", "AnswerReader", "StreamReader"];

    /// <summary>Parts that a language has no use for. A whole answer of Gemini is one frame of its stream, and one reader reads both.</summary>
    private static readonly string[] NoSuchPart = ["GeminiAnswerReader"];

    private static readonly string[] ClientCast = ["Client", "RequestReader", "AnswerWriter", "StreamWriter"];

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
            foreach (var name in HouseNames().Matches(text).Select(match => match.Value).Distinct())
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
        string[] namespaces = ["Dragoman.Gateway.State", "Dragoman.Gateway.Accounts", "Dragoman.Gateway.Providers", "Dragoman.Storage"];
        foreach (var file in RepositoryFiles.Files("src/Dragoman.Storage", "*.cs"))
        {
            HouseNames().Matches(File.ReadAllText(file)).Select(match => match.Value)
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
            .Where(item => item.Lines > 500).ShouldBeEmpty();
    }

    [Fact]
    public void Every_language_has_the_same_cast_of_files()
    {
        var faults = new List<string>();
        var root = Path.Combine(RepositoryFiles.Root, "src", "Dragoman.Protocols");
        var languages = Enum.GetNames<Dragoman.Protocols.Protocol>();
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            var language = Path.GetFileName(folder);
            var names = Directory.EnumerateFiles(folder, "*.cs").Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
            CheckCast("Upstream", UpstreamCast);
            CheckCast("Client", ClientCast);
            if (names.Contains(language + "Upstream") && !names.Contains(language + "Errors")) faults.Add($"{language} lacks {language}Errors");
            if (names.Contains(language + "Upstream") || names.Contains(language + "Client"))
            {
                // A second language may live with the one whose bodies it has (BedrockAnthropic), under its own name.
                foreach (var name in names.Where(name => RoleNames().IsMatch(name!) && !languages.Any(known => name!.StartsWith(known, StringComparison.Ordinal))))
                    faults.Add($"{language}/{name} should begin with the name of its language");
            }

            void CheckCast(string facade, string[] cast)
            {
                if (!names.Contains(language + facade)) return;
                foreach (var role in cast)
                    if (!names.Contains(language + role) && !NoSuchPart.Contains(language + role)) faults.Add($"{language} has a {facade} and lacks {language}{role}");
            }
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public void Every_source_file_of_the_wire_has_one_reason_to_be_in_its_folder()
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

    [GeneratedRegex(@"(?<![\w.""/])Dragoman\.(?:Wire|Gateway|Storage|Server|Emulators)(?:\.\w+)*", RegexOptions.None, 10_000)]
    private static partial Regex HouseNames();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?<name>[\w.]+)\s*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Usings();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Declared();

    [GeneratedRegex(@"(?:Upstream|Client|RequestReader|RequestWriter|AnswerReader|AnswerWriter|StreamReader|StreamWriter|Errors)$", RegexOptions.None, 10_000)]
    private static partial Regex RoleNames();
}
