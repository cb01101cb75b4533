using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// What may be used only in some rooms: a JSON tree costs an object for every value, the console belongs to the command line, and time comes from a clock that a test
/// can turn. What is banned everywhere stands in <c>BannedSymbols.txt</c>, which the compiler keeps.
/// </summary>
public sealed class BannedApiTests
{
    private static readonly string[] Trees = ["System.Text.Json.Nodes.JsonNode", "System.Text.Json.Nodes.JsonObject", "System.Text.Json.Nodes.JsonArray", "System.Text.Json.Nodes.JsonValue"];

    /// <summary>Namespaces (with those below them) that may hold JSON trees, and why.</summary>
    private static readonly (string Namespace, string Why)[] TreeRooms =
    [
        ("Dragoman.Protocols.JsonSchema", "schemas are rewritten as trees, once each: the result is remembered"),
        ("Dragoman.Gateway.Configuration.Editing", "config.yaml is edited by people, not by requests"),
        ("Dragoman.Gateway.Configuration.Yaml", "as above"),
        ("Dragoman.Gateway.Providers.Schema", "accounts are described and read when they are configured"),
        ("Dragoman.Management", "administration"),
        ("Dragoman.Server.Surfaces", "administration"),
        ("Dragoman.Cli", "the command line"),
        ("Dragoman.Emulators", "doubles of providers share nothing with the gateway and need not be fast"),
    ];

    /// <summary>Namespaces that may read the machine's clock, and why.</summary>
    private static readonly (string Namespace, string Why)[] ClockRooms =
    [
        ("Dragoman.Server.Hosting", "the place where the clock is chosen"),
        ("Dragoman.Server.Observability", "log lines are written, and spans dated, by the machine's time, whatever clock the gateway lives by"),
        ("Dragoman.Storage.Sqlite", "how long the disk is waited for, where no other clock was given"),
        ("Dragoman.Providers", "the schemas of accounts are read without a request"),
        ("Dragoman.Cli", "the command line"),
        ("Dragoman.Emulators", "the default of their own option"),
    ];

    [Fact]
    public void Json_trees_stay_off_the_way_of_requests() => Uses(reference => Trees.Contains(reference.FullName, StringComparer.Ordinal), _ => false, TreeRooms).ShouldBeEmpty();

    [Fact]
    public void The_console_belongs_to_the_command_line()
        => Uses(reference => reference.FullName == "System.Console", _ => false, [("Dragoman.Cli", ""), ("Dragoman.Server.Hosting", "the stream of the log")]).ShouldBeEmpty();

    [Fact]
    public void Time_comes_from_a_clock_that_is_given() => Uses(_ => false, method => method.DeclaringType.FullName == "System.TimeProvider" && method.Name == "get_System", ClockRooms).ShouldBeEmpty();

    /// <summary>The methods outside the given rooms that use what is meant.</summary>
    private static SortedSet<string> Uses(Func<TypeReference, bool> isType, Func<MethodReference, bool> isMethod, (string Namespace, string Why)[] rooms)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in SourceAssemblies.Types())
        {
            var name = SourceAssemblies.NamespaceOf(type);
            if (!name.StartsWith("Dragoman", StringComparison.Ordinal) || Array.Exists(rooms, room => name == room.Namespace || name.StartsWith(room.Namespace + ".", StringComparison.Ordinal))) continue;
            foreach (var method in type.Methods.Where(method => method.HasBody))
            {
                foreach (var operand in method.Body.Instructions.Select(instruction => instruction.Operand))
                {
                    var used = operand switch
                    {
                        MethodReference called => isMethod(called) || isType(called.DeclaringType),
                        TypeReference reference => isType(reference),
                        _ => false,
                    };
                    if (used) found.Add($"{type.FullName}.{method.Name}");
                }
            }
        }

        return found;
    }
}
