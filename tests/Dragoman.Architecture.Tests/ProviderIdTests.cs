using System.Text.RegularExpressions;
using Dragoman.Providers;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// A provider's id is named in its module and nowhere else: whatever the gateway needs to know of a provider it asks the module, so that a provider is added by its
/// folder and one line.
/// </summary>
public sealed partial class ProviderIdTests
{
    private static readonly string[] Projects = ["Dragoman.Protocols", "Dragoman.Gateway", "Dragoman.Storage", "Dragoman.Management", "Dragoman.Server", "Dragoman.Cli"];

    /// <summary>Files that have a word which happens to be an id, and what it means there.</summary>
    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["src/Dragoman.Gateway/Catalog/CanonicalName.cs"] = "openai is the maker of models, as the catalog names it",
        ["src/Dragoman.Gateway/Catalog/LiteLlmFormat.cs"] = "the words of LiteLLM's file of prices",
        ["src/Dragoman.Gateway/Catalog/OpenRouterFormat.cs"] = "the list of models whose prices hold at that provider alone",
        ["src/Dragoman.Gateway/Catalog/ModelsDevFormat.cs"] = "the words of models.dev's file",
        ["src/Dragoman.Gateway/Configuration/ConfigBinder.cs"] = "codex is a section of CLIProxyAPI's configuration, whose files are read",
        ["src/Dragoman.Gateway/Configuration/Schema/ConfigFields.cs"] = "codex, antigravity and xai are sections of CLIProxyAPI's configuration, which are described",
        ["src/Dragoman.Gateway/Configuration/ListenerConfigBinder.cs"] = "codex and bedrock are surfaces of listeners",
        ["src/Dragoman.Gateway/Configuration/PayloadRulesBinder.cs"] = "CLIProxyAPI's words for protocols",
        ["src/Dragoman.Gateway/Flows/FlowNames.cs"] = "codex and bedrock are surfaces of listeners",
        ["src/Dragoman.Gateway/Requests/ClientFamily.cs"] = "names of client programs",
        ["src/Dragoman.Protocols/Gemini/GeminiTraits.cs"] = "gemini is the name of the protocol",
        ["src/Dragoman.Protocols/OpenAiResponses/Shared/ResponsesReasoningEnvelope.cs"] = "families of models that make signatures",
        ["src/Dragoman.Protocols/OpenAiChat/Shared/ChatReasoningDetail.cs"] = "formats of reasoning, as OpenRouter names them",
        ["src/Dragoman.Protocols/Conversation/UpstreamModel.cs"] = "parts of names of models",
        ["src/Dragoman.Protocols/Conversation/OpenAiModelFacts.cs"] = "parts of names of models",
        ["src/Dragoman.Protocols/AnthropicMessages/Shared/AnthropicModelFacts.cs"] = "parts of names of models",
        ["src/Dragoman.Protocols/BedrockConverse/Upstream/ConverseModelTraits.cs"] = "parts of names of models",
        ["src/Dragoman.Protocols/Gemini/Shared/GeminiModelName.cs"] = "parts of names of models",
        ["src/Dragoman.Server/Api/Anthropic/AnthropicModelList.cs"] = "how names begin that Claude Code shows",
        ["src/Dragoman.Server/Surfaces/Kiro/KiroAccounts.cs"] = "the provider whose accounts that surface is about, and the surface's own name",
        ["src/Dragoman.Server/Surfaces/Kiro/KiroFlowShape.cs"] = "that system's words for protocols",
        ["src/Dragoman.Server/Surfaces/CliProxy/Management/AuthFileJson.cs"] = "a type of CLIProxyAPI's credential files",
        ["src/Dragoman.Server/Surfaces/CliProxy/Management/ConfigRoutes.cs"] = "bedrock is a section of the configuration",
        ["src/Dragoman.Server/Surfaces/CliProxy/Management/EndpointNames.cs"] = "gemini is the name of the protocol",
        ["src/Dragoman.Server/Surfaces/CliProxy/Management/LoginChannels.cs"] = "the words of CLIProxyAPI's routes and types of its files",
        ["src/Dragoman.Server/Surfaces/CliProxy/Management/VertexImportRoutes.cs"] = "a type of CLIProxyAPI's credential files",
        ["src/Dragoman.Server/Surfaces/Antigravity/LimitRoutes.cs"] = "parts of names of models",
        ["src/Dragoman.Server/Surfaces/Codex/CodexModels.cs"] = "openai is the maker of models",
        ["src/Dragoman.Management/Imports/Systems/LoginFolders.cs"] = "the words of other systems",
        ["src/Dragoman.Management/Imports/Systems/LiteLlmReader.cs"] = "LiteLLM's words for vendors",
        ["src/Dragoman.Management/Clients/ClaudeCode.cs"] = "claude is a command",
        ["src/Dragoman.Management/Clients/ClientSamples.cs"] = "openai is a library",
        ["src/Dragoman.Management/Clients/Codex.cs"] = "codex is a client",
        ["src/Dragoman.Cli/Connect/ConnectCommand.cs"] = "codex is a client",
        ["src/Dragoman.Management/Clients/GeminiCli.cs"] = "gemini is a client",
        ["src/Dragoman.Management/Clients/QwenCode.cs"] = "openai is a word of that client's settings",
    };

    private static IEnumerable<string> Ids => ProviderModules.CreateRegistry(TimeProvider.System).All.Select(module => module.Id);

    [Fact]
    public void No_id_is_named_outside_its_module()
    {
        var found = Projects.SelectMany(project => RepositoryFiles.Files($"src/{project}", "*.cs"))
            .SelectMany(file => Find(File.ReadAllText(file), Ids).Select(id => (File: RepositoryFiles.Relative(file), Id: id))).ToList();
        found.Where(hit => !Allowed.ContainsKey(hit.File)).Select(hit => $"{hit.File} names the provider '{hit.Id}'").ShouldBeEmpty();
        Allowed.Keys.Except(found.Select(hit => hit.File)).ShouldBeEmpty("lines of the list that nothing needs any more");
    }

    [Fact]
    public void Each_module_names_no_other_provider()
    {
        var registry = ProviderModules.CreateRegistry(TimeProvider.System);
        foreach (var module in registry.All)
        {
            // The folder is that of the module's schema or, where that is shared, of the module whose file names the id.
            var own = RepositoryFiles.Files("src/Dragoman.Providers", "*Module.cs").Where(file => File.ReadAllText(file).Contains($"Id = \"{module.Id}\"", StringComparison.Ordinal)).ShouldHaveSingleItem(module.Id);
            Path.GetFileName(Path.GetDirectoryName(own)).ShouldBe(Path.GetFileName(own)[..^"Module.cs".Length]);
        }

        // Vendors of models and names of telemetry have the same words; no id decides anything in a shared part.
        RepositoryFiles.Files("src/Dragoman.Providers/Abstractions", "*.cs").SelectMany(file => Find(File.ReadAllText(file), Ids).Select(id => $"{RepositoryFiles.Relative(file)} names '{id}'")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("if (account.Provider == \"claude\") return;", true)]
    [InlineData("case \"bedrock\": break;", true)]
    [InlineData("name.SequenceEqual(\"gemini\"u8)", true)]
    [InlineData("// a \"claude\" in a comment", false)]
    [InlineData("new(\"claude-api-key\")", false)]
    public void An_id_is_found(string line, bool found) => Find(line, Ids).Any().ShouldBe(found);

    private static IEnumerable<string> Find(string source, IEnumerable<string> ids)
    {
        var literals = Literals().Matches(Comments().Replace(source, "")).Select(match => match.Groups["text"].Value).ToHashSet(StringComparer.Ordinal);
        return ids.Where(literals.Contains);
    }

    [GeneratedRegex("\"(?<text>[^\"\\\\\\n]*)\"", RegexOptions.None, 10_000)]
    private static partial Regex Literals();

    [GeneratedRegex(@"//[^\n]*", RegexOptions.None, 10_000)]
    private static partial Regex Comments();
}
