using System.Text.RegularExpressions;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// The rooms of the gateway that requests pass through decide nothing by a protocol's name: what they need to know they ask its traits
/// (<c>ProtocolTraits</c>), so that a protocol can be added in its own folder.
/// </summary>
public sealed partial class ProtocolNameTests
{
    /// <summary>Surfaces of other systems are not among them: each speaks the protocols that its system speaks.</summary>
    public static TheoryData<string> Rooms =>
    [
        "Dragoman.Gateway/Forwarding", "Dragoman.Gateway/ClientKeys", "Dragoman.Gateway/Flows", "Dragoman.Gateway/Usage", "Dragoman.Gateway/Requests", "Dragoman.Gateway/Pipeline",
        "Dragoman.Management", "Dragoman.Server/Surfaces/Dragoman", "Dragoman.Server/Surfaces/Abstractions", "Dragoman.Server/Surfaces/Access", "Dragoman.Server/Surfaces/Logins",
        "Dragoman.Server/Hosting", "Dragoman.Server/Observability", "Dragoman.Server/Api/Shared", "Dragoman.Server/Api/Probes",
    ];

    /// <summary>Files that write a request of their own, and so in some protocol.</summary>
    private static readonly string[] Writers = ["src/Dragoman.Management/Accounts/AccountTester.cs"];

    /// <summary>How client programs are pointed at the gateway: a file for each, named as the program is and written in the protocol that it speaks.</summary>
    private const string ClientPrograms = "src/Dragoman.Management/Clients/";

    [Theory, MemberData(nameof(Rooms))]
    public void No_protocol_is_named(string room)
    {
        var files = RepositoryFiles.Files($"src/{room}", "*.cs").Where(file => RepositoryFiles.Relative(file) is var name && !Writers.Contains(name) && !name.StartsWith(ClientPrograms, StringComparison.Ordinal)).ToList();
        files.ShouldNotBeEmpty();
        files.SelectMany(file => Names().Matches(Comments().Replace(File.ReadAllText(file), "")).Select(match => $"{RepositoryFiles.Relative(file)} names {match.Value}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("if (language == Protocol.OpenAiChat) return;", true)]
    [InlineData("using Dragoman.Protocols.Gemini.Shared;", true)]
    [InlineData("AnthropicThreads.Refusal(reason)", true)]
    [InlineData("// Chat's Protocol.OpenAiChat", false)]
    [InlineData("ProtocolRegistry.Traits(protocol)", false)]
    public void A_name_is_found(string line, bool found) => Names().IsMatch(Comments().Replace(line, "")).ShouldBe(found);

    /// <summary>A value of the enumeration, a namespace of a protocol, or a type by its protocol's prefix.</summary>
    [GeneratedRegex(@"\bProtocol\.(?:OpenAi|Anthropic|Gemini|Bedrock|CodeWhisperer)\w*|\bDragoman\.Protocols\.(?:OpenAi|Anthropic|Gemini|Bedrock|CodeWhisperer)\w*|\b(?:Anthropic|Gemini|Converse|BedrockAnthropic|CodeWhisperer)[A-Z]\w*", RegexOptions.None, 10_000)]
    private static partial Regex Names();

    [GeneratedRegex(@"//[^\n]*", RegexOptions.None, 10_000)]
    private static partial Regex Comments();
}
