using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// Which namespace of ours uses which other, read from the compiled assemblies: signatures, attributes and the bodies of methods, with those
/// that the compiler makes of lambdas, iterators and asynchronous methods. Constants leave no trace in a compiled body and are not seen.
/// </summary>
internal sealed class Dependencies
{
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _edges = new(StringComparer.Ordinal);

    /// <summary>For each namespace those it uses, with examples of the types that do.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<string, SortedSet<string>>> Edges => _edges;

    /// <summary>Reads the assemblies of a folder.</summary>
    public static Dependencies Read(IEnumerable<string> files)
    {
        var result = new Dependencies();
        foreach (var file in files)
        {
            using var module = ModuleDefinition.ReadModule(file);
            foreach (var type in module.GetTypes()) result.Add(type);
        }

        return result;
    }

    /// <summary>Namespaces that reach each other, directly or over others; each set once.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        var reach = _edges.Keys.ToDictionary(from => from, Reachable, StringComparer.Ordinal);
        return [.. _edges.Keys.Where(from => reach[from].Contains(from))
            .GroupBy(from => string.Join(' ', reach[from].Where(to => reach.TryGetValue(to, out var back) && back.Contains(from)).Order(StringComparer.Ordinal)), StringComparer.Ordinal)
            .Select(group => (IReadOnlyList<string>)[.. group])];
    }

    private HashSet<string> Reachable(string from)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>([from]);
        while (waiting.TryPop(out var name))
        {
            if (!_edges.TryGetValue(name, out var targets)) continue;
            foreach (var target in targets.Keys)
                if (seen.Add(target)) waiting.Push(target);
        }

        return seen;
    }

    private void Add(TypeDefinition type)
    {
        var from = Outermost(type);
        if (!IsOurs(from.Namespace)) return;
        Use(from, type.BaseType);
        foreach (var item in type.Interfaces) Use(from, item.InterfaceType);
        Use(from, type);
        foreach (var field in type.Fields) Use(from, field.FieldType);
        foreach (var property in type.Properties) UseAttributes(from, property);
        foreach (var parameter in type.GenericParameters) UseConstraints(from, parameter);
        foreach (var method in type.Methods) Add(from, method);
        UseAttributes(from, type);
    }

    private void Add(TypeDefinition from, MethodDefinition method)
    {
        UseAttributes(from, method);
        Use(from, method.ReturnType);
        foreach (var parameter in method.Parameters) Use(from, parameter.ParameterType);
        foreach (var parameter in method.GenericParameters) UseConstraints(from, parameter);
        if (!method.HasBody) return;
        foreach (var variable in method.Body.Variables) Use(from, variable.VariableType);
        foreach (var handler in method.Body.ExceptionHandlers) Use(from, handler.CatchType);
        foreach (var instruction in method.Body.Instructions) Use(from, instruction);
    }

    private void Use(TypeDefinition from, Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case TypeReference type:
                Use(from, type);
                break;
            case MethodReference method:
                Use(from, method.DeclaringType);
                Use(from, method.ReturnType);
                foreach (var parameter in method.Parameters) Use(from, parameter.ParameterType);
                if (method is GenericInstanceMethod generic)
                    foreach (var argument in generic.GenericArguments) Use(from, argument);
                break;
            case FieldReference field:
                Use(from, field.DeclaringType);
                Use(from, field.FieldType);
                break;
            default:
                break;
        }
    }

    private void UseConstraints(TypeDefinition from, GenericParameter parameter)
    {
        foreach (var constraint in parameter.Constraints) Use(from, constraint.ConstraintType);
    }

    private void UseAttributes(TypeDefinition from, ICustomAttributeProvider provider)
    {
        foreach (var attribute in provider.CustomAttributes) Use(from, attribute.AttributeType);
    }

    private void Use(TypeDefinition from, TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments) Use(from, argument);
                Use(from, generic.ElementType);
                return;
            case TypeSpecification wrapped:
                Use(from, wrapped.ElementType);
                return;
            default:
                var target = type;
                while (target.DeclaringType is { } outer) target = outer;
                if (!IsOurs(target.Namespace) || target.Namespace == from.Namespace) return;
                if (!_edges.TryGetValue(from.Namespace, out var targets)) _edges[from.Namespace] = targets = new(StringComparer.Ordinal);
                if (!targets.TryGetValue(target.Namespace, out var examples)) targets[target.Namespace] = examples = new(StringComparer.Ordinal);
                examples.Add($"{from.Name} uses {target.Name}");
                return;
        }
    }

    private static TypeDefinition Outermost(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type;
    }

    private static bool IsOurs(string name) => name.StartsWith("Dragoman.", StringComparison.Ordinal);
}
