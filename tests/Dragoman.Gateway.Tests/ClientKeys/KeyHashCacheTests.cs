using Dragoman.Gateway.ClientKeys;

namespace Dragoman.Gateway.Tests.ClientKeys;

/// <summary>The hash is the one its authors define; what OpenSSL makes of the same texts (<c>openssl mac … SIPHASH</c>).</summary>
public sealed class KeyHashCacheTests
{
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(15, "5493e99933b0a8117e08ec0f97cfc3d9")]
    [InlineData(40, "df6a301e95c95dad97ae0cc8c6913bd8")]
    public void Texts_hash_as_elsewhere(int length, string expected)
    {
        var text = Enumerable.Range(0, length).Select(static value => (byte)value).ToArray();
        var hash = KeyHashCache.SipHash(text, 0x0706050403020100, 0x0f0e0d0c0b0a0908);
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
        Convert.ToHexStringLower(bytes).ShouldBe(expected);
    }
}
