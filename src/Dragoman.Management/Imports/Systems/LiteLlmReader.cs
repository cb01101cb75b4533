using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration.Editing;

namespace Dragoman.Management.Imports.Systems;

/// <summary>LiteLLM's proxy: <c>config.yaml</c> with its <c>model_list</c> (docs.litellm.ai, "Overview of config.yaml", and the pages of its providers).</summary>
internal sealed class LiteLlmReader : ISystemReader
{
    private const string Compatible = "openai-compatibility";

    /// <summary>What the vendors' own APIs are here, and the variable that LiteLLM takes their key from.</summary>
    private static readonly Dictionary<string, (string Section, string Variable)> Vendors = new(StringComparer.Ordinal)
    {
        ["openai"] = ("codex-api-key", "OPENAI_API_KEY"),
        ["anthropic"] = ("claude-api-key", "ANTHROPIC_API_KEY"),
        ["gemini"] = ("gemini-api-key", "GEMINI_API_KEY"),
        ["openrouter"] = ("openrouter-api-key", "OPENROUTER_API_KEY"),
    };

    /// <summary>Where the APIs are that are made like OpenAI's, and the variable of their key.</summary>
    private static readonly Dictionary<string, (string BaseUrl, string Variable)> Hosts = new(StringComparer.Ordinal)
    {
        ["deepseek"] = ("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
        ["groq"] = ("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        ["mistral"] = ("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        ["xai"] = ("https://api.x.ai/v1", "XAI_API_KEY"),
        ["together_ai"] = ("https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
        ["fireworks_ai"] = ("https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY"),
        ["cerebras"] = ("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
        ["deepinfra"] = ("https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"),
        ["perplexity"] = ("https://api.perplexity.ai", "PERPLEXITYAI_API_KEY"),
        ["nvidia_nim"] = ("https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY"),
        ["moonshot"] = ("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
        ["dashscope"] = ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"),
    };

    /// <summary>Servers of one's own, which need an address.</summary>
    private static readonly HashSet<string> OwnServers = new(["ollama", "ollama_chat", "hosted_vllm", "lm_studio", "openai_like", "custom_openai", "llamafile", "text-completion-openai"], StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Strategies = new(StringComparer.Ordinal)
    {
        ["simple-shuffle"] = "round-robin", ["least-busy"] = "least-used", ["usage-based-routing"] = "least-used", ["usage-based-routing-v2"] = "least-used",
    };

    /// <inheritdoc/>
    public ImportableSystem System { get; } = new("litellm", "LiteLLM", ["config.yaml", "litellm_config.yaml", "proxy_config.yaml"], "the folder of its config.yaml");

    /// <inheritdoc/>
    public void Read(IReadOnlyList<ImportFile> files, ImportDraft draft)
    {
        var file = files.FirstOrDefault(static one => one.Text.Contains("model_list", StringComparison.Ordinal)) ?? throw new FormatException("There is no configuration of LiteLLM in it: a YAML file with model_list.");
        if (ConfigValues.Read(file.Text) is not { } config) throw new FormatException($"{file.Name} is not valid YAML.");
        var entries = new KeyEntries();
        var models = config["model_list"] as JsonArray ?? [];
        for (var index = 0; index < models.Count; index++)
            if (models[index] is JsonObject model) ReadModel($"model_list[{index}]", model, entries, draft);
        entries.AddTo(draft);
        foreach (var (key, value) in config)
            if (key != "model_list") ReadSection(key, value as JsonObject ?? [], draft);
    }

    private static void ReadModel(string source, JsonObject model, KeyEntries entries, ImportDraft draft)
    {
        var settings = model["litellm_params"] as JsonObject ?? [];
        var (shown, full) = (Text(model["model_name"]), Text(settings["model"]));
        if (full is null)
        {
            draft.Leave(source, "The entry names no model (litellm_params.model).");
            return;
        }

        var slash = full.IndexOf('/', StringComparison.Ordinal);
        var (vendor, name) = slash > 0 ? (full[..slash], full[(slash + 1)..]) : (full.StartsWith("claude", StringComparison.OrdinalIgnoreCase) ? "anthropic" : "openai", full);
        var (key, address) = (Text(settings["api_key"]), Text(settings["api_base"] ?? settings["base_url"]));
        // A star stands for whatever the upstream has.
        string? own = name.Contains('*', StringComparison.Ordinal) ? null : name;
        var alias = shown is null || shown.Contains('*', StringComparison.Ordinal) ? own : shown;
        if (Vendors.TryGetValue(vendor, out var known) && (address is null || vendor != "openai"))
            entries.Add(source, known.Section, KeyEntries.Vendor(key ?? $"${{{known.Variable}}}", address is null ? null : address.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal) && vendor == "anthropic" ? address.TrimEnd('/')[..^3] : address), own, alias, key is null ? $"The key is taken from {known.Variable}." : null);
        else if (vendor == "bedrock") ReadBedrock(source, settings, name, alias, entries);
        else if (vendor == "azure" && address is not null)
            entries.Add(source, Compatible, KeyEntries.Compatible("azure", address.TrimEnd('/') + "/openai/v1", key ?? "${AZURE_API_KEY}"), own, alias, "Azure's newer address (/openai/v1) is used, which needs no api-version.");
        else if (Hosts.TryGetValue(vendor, out var host))
            entries.Add(source, Compatible, KeyEntries.Compatible(vendor, address ?? host.BaseUrl, key ?? $"${{{host.Variable}}}"), own, alias, key is null ? $"The key is taken from {host.Variable}." : null);
        else if (address is not null && (OwnServers.Contains(vendor) || vendor == "openai"))
            entries.Add(source, Compatible, KeyEntries.Compatible(vendor, vendor.StartsWith("ollama", StringComparison.Ordinal) && !address.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal) ? address.TrimEnd('/') + "/v1" : address, key), own, alias);
        else draft.Leave(source, $"The gateway has no upstream for '{vendor}/…' with what stands here. Add it by hand where it speaks one of the gateway's protocols.");
        foreach (var (member, _) in settings.Where(static pair => pair.Key is "rpm" or "tpm" or "max_parallel_requests" or "timeout" or "stream_timeout" or "temperature" or "max_tokens" or "weight"))
            draft.Leave($"{source}.litellm_params.{member}", member == "max_parallel_requests" ? "See concurrency of an account." : member == "weight" ? "See weight of an account." : "Limits are of client keys here, and requests keep what their clients say.");
    }

    private static void ReadBedrock(string source, JsonObject settings, string name, string? alias, KeyEntries entries)
    {
        // bedrock/converse/…, bedrock/invoke/… and bedrock/us-east-1/… name the way or the region before the model.
        var region = Text(settings["aws_region_name"]);
        while (name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && !name.StartsWith("arn:", StringComparison.Ordinal))
        {
            if (name[..slash].Count(static letter => letter == '-') >= 2) region ??= name[..slash];
            name = name[(slash + 1)..];
        }

        var entry = new JsonObject { ["name"] = "bedrock", ["region"] = region ?? "us-east-1" };
        if (Text(settings["aws_access_key_id"]) is { } id) (entry["access-key-id"], entry["secret-access-key"]) = (id, Text(settings["aws_secret_access_key"]));
        else if (Text(settings["aws_profile_name"]) is { } profile) entry["profile"] = profile;
        entries.Add(source, "bedrock", entry, name, alias, region is null ? "LiteLLM takes the region from the environment; here it is us-east-1 until another is written." : null);
    }

    private static void ReadSection(string section, JsonObject values, ImportDraft draft)
    {
        foreach (var (name, value) in values)
        {
            var source = $"{section}.{name}";
            switch (name)
            {
                case "master_key" when Text(value) is { } key:
                    draft.Add(source, "api-keys", JsonValue.Create(key), "It is a client key here; the management has a secret of its own ('dragoman settings secret').");
                    break;
                case "num_retries" when value is JsonValue number:
                    draft.Set(source, "request-retry", number.DeepClone(), "Rounds over all accounts, not attempts of one.");
                    break;
                case "routing_strategy" when Text(value) is { } strategy && Strategies.TryGetValue(strategy, out var own):
                    draft.Set(source, "routing.strategy", JsonValue.Create(own), $"What comes nearest to '{strategy}'.");
                    break;
                case "fallbacks":
                    draft.Leave(source, "Write them under routing.fallbacks: one model and the one that is tried in its place.");
                    break;
                case "drop_params" or "modify_params":
                    draft.Leave(source, "What an upstream does not take is always left out, and told in the header x-dragoman-losses.");
                    break;
                case "database_url":
                    draft.Leave(source, "Keys, teams and spend of LiteLLM's database stay there; the gateway's own store is set by store.postgres.");
                    break;
                default:
                    draft.Leave(source, "The gateway has nothing of this name.");
                    break;
            }
        }
    }

    /// <summary>A text; one that names a variable in LiteLLM's way does so in the gateway's.</summary>
    private static string? Text(JsonNode? node)
    {
        const string Variable = "os.environ/";
        var text = node is JsonValue value ? value.ToString() : null;
        return text is null or "" ? null : text.StartsWith(Variable, StringComparison.Ordinal) ? $"${{{text[Variable.Length..]}}}" : text;
    }
}
