using System.Text;
using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// The vocabulary of docs/reference/terms.md: retired words stand neither in identifiers nor in what people and programs read. Identifiers that still use one are counted in
/// <c>terms.txt</c>: a count may only fall. Write the file anew with <c>DRAGOMAN_WRITE_TERMS=1</c> after renaming.
/// </summary>
public sealed partial class TermsTests
{
    /// <summary>Words that no identifier may contain (as a word of its PascalCase), and the term to use.</summary>
    private static readonly Dictionary<string, string> RetiredInIdentifiers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Lane"] = "cooldown, target, mode or queue", ["Lanes"] = "cooldowns", ["Language"] = "protocol or format", ["Languages"] = "protocols", ["Told"] = "reported, emitted or hint", ["Tell"] = "report, write or emit",
        ["Tells"] = "reports", ["Telling"] = "reporting", ["Untold"] = "not emitted", ["Rests"] = "is cooling down", ["Resting"] = "cooling down", ["Mend"] = "reset or repair", ["Mended"] = "repaired",
        ["Streak"] = "consecutive failures", ["Standing"] = "status", ["Catalogue"] = "catalog", ["Broke"] = "interrupted", ["Breaks"] = "interrupted", ["Insist"] = "retry", ["Crowded"] = "busy", ["Sooner"] = "min",
        ["Misled"] = "unexpected content", ["Barred"] = "not permitted", ["Outgrown"] = "exceeded", ["Vault"] = "cache", ["Pleasantry"] = "handshake", ["Inquiry"] = "request context", ["Patience"] = "timeout",
        ["Caller"] = "client identity", ["Callers"] = "client identities", ["Learn"] = "record", ["Learnt"] = "changed", ["Adopt"] = "merge", ["Beat"] = "tick", ["Heartbeat"] = "timer", ["Said"] = "text or reply",
        ["Veil"] = "redactor", ["Desk"] = "service", ["House"] = "fixture", ["Relay"] = "passthrough or forwarder", ["Stands"] = "is", ["Knows"] = "supports",
    };

    /// <summary>Words that no text for people and no public name may contain.</summary>
    [GeneratedRegex(@"\blanes?\b|lanes_|\brests\b|\bresting\b|\brested\b|\b(is|are|was|were|be|been) told\b|\bmend(s|ed|ing)?\b|\bbr(oke|eaks?) off\b|broke_off|\bstands? in for\b|\bcatalogue\b|\b(client|upstream|another|this) language\b|at the door|the house", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RetiredInTexts();

    /// <summary>Texts that keep a word: the former spelling of a key that is still read, and the name of a parameter that is still counted in <c>terms.txt</c>.</summary>
    private static readonly string[] AllowedTexts = ["catalogue", "lanes"];

    /// <summary>The assemblies that write public output. The store's own tables and the vendors' words in the emulators are not ours to rename.</summary>
    private static readonly string[] Speaking = ["Dragoman.Cli", "Dragoman.Server", "Dragoman.Management", "Dragoman.Gateway", "Dragoman.Providers", "Dragoman.Protocols"];

    private static readonly string[] Assemblies = [.. Speaking, "Dragoman.Storage", "Dragoman.Emulators"];

    [Fact]
    public void Identifiers_use_no_retired_word_beyond_those_that_are_counted()
    {
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Assemblies.SelectMany(Identifiers))
        {
            foreach (var word in Words().Matches(name).Select(match => match.Value))
            {
                if (!RetiredInIdentifiers.ContainsKey(word)) continue;
                var key = char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant();
                found[key] = found.GetValueOrDefault(key) + 1;
            }
        }

        var path = Path.Combine(RepositoryFiles.Root, "tests", "Dragoman.Architecture.Tests", "terms.txt");
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_TERMS") == "1") File.WriteAllText(path, string.Concat(found.Select(pair => $"{pair.Key} {pair.Value}\n")));
        var counted = File.ReadAllLines(path).Where(line => line.Length > 0).Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        found.Where(pair => pair.Value > counted.GetValueOrDefault(pair.Key)).Select(pair => $"'{pair.Key}' stands in {pair.Value} identifiers, {counted.GetValueOrDefault(pair.Key)} are allowed; use {RetiredInIdentifiers[pair.Key]}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void Texts_and_public_names_use_no_retired_word()
        => Speaking.SelectMany(assembly => Texts(assembly).Where(text => RetiredInTexts().IsMatch(text.Value) && !AllowedTexts.Contains(text.Value)).Select(text => $"{text.Where}: {text.Value}")).Distinct().ShouldBeEmpty();

    [Fact]
    public void Members_of_the_management_api_use_no_retired_word()
    {
        var members = Types("Dragoman.Management").Where(type => type.Namespace.StartsWith("Dragoman.Management", StringComparison.Ordinal) && type.Name.EndsWith("View", StringComparison.Ordinal))
            .SelectMany(type => type.Properties.Select(property => $"{type.Name}.{property.Name}")).ToList();
        members.Count.ShouldBeGreaterThan(100);
        members.Where(member => Words().Matches(member.Split('.')[1]).Any(match => RetiredInIdentifiers.ContainsKey(match.Value) || match.Value is "Why" or "Steps")).ShouldBeEmpty();
    }

    [Fact]
    public void Documentation_uses_no_retired_word()
    {
        string[] pages = [.. RepositoryFiles.Files("docs", "*.md"), .. RepositoryFiles.Files("src", "README.md"), Path.Combine(RepositoryFiles.Root, "README.md")];
        pages.SelectMany(page => File.ReadLines(page).Select((line, number) => (Text: line, Where: $"{RepositoryFiles.Relative(page)}:{number + 1}")))
            .Where(line => RetiredInTexts().IsMatch(line.Text)).Select(line => $"{line.Where}: {line.Text.Trim()}").ShouldBeEmpty();
    }

    private static IEnumerable<string> Identifiers(string assembly)
    {
        foreach (var type in Types(assembly))
        {
            yield return type.Name;
            foreach (var method in type.Methods.Where(method => !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal))) yield return method.Name;
            foreach (var property in type.Properties) yield return property.Name;
            foreach (var field in type.Fields.Where(field => !field.Name.Contains('<', StringComparison.Ordinal))) yield return field.Name;
            foreach (var parameter in type.Methods.Where(method => !method.Name.Contains('<', StringComparison.Ordinal)).SelectMany(method => method.Parameters)) yield return parameter.Name ?? "";
        }
    }

    private static IEnumerable<(string Value, string Where)> Texts(string assembly)
    {
        using var module = Open(assembly);
        // Generated code repeats documentation comments, and records print the names of their members.
        foreach (var type in module.GetTypes().Where(type => !type.FullName.Contains("Generated", StringComparison.Ordinal)))
        {
            foreach (var method in type.Methods.Where(method => method.HasBody && method.Name is not "PrintMembers"))
                foreach (var instruction in method.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Ldstr))
                    yield return ((string)instruction.Operand, type.FullName);
            foreach (var field in type.Fields.Where(field => field.Constant is string)) yield return ((string)field.Constant, type.FullName);
        }
    }

    private static List<TypeDefinition> Types(string assembly)
    {
        using var module = Open(assembly);
        var types = module.GetTypes().Where(type => !type.Name.Contains('<', StringComparison.Ordinal)).ToList();
        // Read while the module is open: Cecil reads members when they are asked for.
        foreach (var type in types) _ = type.Methods.Count + type.Properties.Count + type.Fields.Count + type.Methods.Sum(method => method.Parameters.Count);
        return types;
    }

    private static ModuleDefinition Open(string assembly)
    {
        var folder = Path.GetDirectoryName(typeof(TermsTests).Assembly.Location)!;
        var path = Path.Combine(folder, assembly + ".dll");
        return ModuleDefinition.ReadModule(File.Exists(path) ? path : Path.Combine(folder, "dragoman.dll"));
    }

    [GeneratedRegex(@"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
