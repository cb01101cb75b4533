using System.Reflection;
using Dragoman.Server.Tests.Conformance.ClientDrivers;
using Dragoman.Server.Tests.Conformance.Upstreams;
using Xunit.Sdk;
using Xunit.v3;

namespace Dragoman.Server.Tests.Conformance;

/// <summary>
/// The cases of a battery's test: every client language, and whole and streamed or each of some values where the test takes such. Cases that
/// mean nothing (the language cannot say it; the same language is relayed as it is) are left out here, so that a skipped test is one that
/// could not be run.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClientProtocolDataAttribute : DataAttribute
{
    private static readonly string[] Conversations = ["chat", "responses", "messages", "gemini", "converse", "invoke"];

    /// <summary>Whether legacy Completions take part.</summary>
    public bool Completions { get; set; }

    /// <summary>The only client languages that can say it; null for all.</summary>
    public string[]? Only { get; set; }

    /// <summary>A property of <see cref="ClientDriver"/> that the client's language must have; null for none.</summary>
    public string? Needs { get; set; }

    /// <summary>The client languages that are left out where the upstream speaks the same, because bytes pass as they are.</summary>
    public string[] ForeignOnly { get; set; } = [];

    /// <summary>Whether every client language is left out where the upstream speaks the same.</summary>
    public bool Translated { get; set; }

    /// <summary>Whether Messages are left out before Anthropic's models on Bedrock, too.</summary>
    public bool OtherModels { get; set; }

    /// <summary>The values of the test's second parameter; null where that is whether to stream.</summary>
    public object[]? With { get; set; }

    /// <summary>Those of the values that Amazon never says.</summary>
    public object[] NeverOnBedrock { get; set; } = [];

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var house = HouseOf(testMethod.ReflectedType!);
        var isBedrock = house.Name.StartsWith("bedrock", StringComparison.Ordinal);
        var rows = new List<ITheoryDataRow>();
        foreach (var client in Completions ? [.. Conversations, "completions"] : Conversations)
        {
            if (!Takes(house, client)) continue;
            if (testMethod.GetParameters().Length == 1) rows.Add(new TheoryDataRow(client));
            else foreach (var value in With ?? [false, true])
            {
                if (!isBedrock || !NeverOnBedrock.Contains(value)) rows.Add(new TheoryDataRow(client, value));
            }
        }

        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(rows);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    private bool Takes(UpstreamScenario house, string client)
    {
        if (Only is not null && !Only.Contains(client)) return false;
        if (Needs is not null && typeof(ClientDriver).GetProperty(Needs)!.GetValue(ClientDriver.All[client]) is not true) return false;
        if (OtherModels && client == "messages" && house.Name == "bedrock-anthropic") return false;
        return client != house.Name || !(Translated || OtherModels || ForeignOnly.Contains(client));
    }

    /// <summary>What the test class stands before; only asked what it can, never started.</summary>
    private static UpstreamScenario HouseOf(Type battery)
    {
        var fixture = battery.GetInterfaces().Single(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IClassFixture<>));
        return (UpstreamScenario)Activator.CreateInstance(fixture.GetGenericArguments()[0])!;
    }
}
