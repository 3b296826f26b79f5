FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY mvnw pom.xml ./
COPY .mvn .mvn
# One file that needs no other first: what Maven downloads for it is a layer that stays while the rest of the source changes.
COPY src/main/java/dev/batchgate/package-info.java src/main/java/dev/batchgate/
RUN ./mvnw -B -q package -DskipTests -Dspring-boot.repackage.skip
COPY src/main src/main
# SQLite's native library is taken out here, so that nothing has to be unpacked, and so written, at a start.
RUN ./mvnw -B -q package -DskipTests \
 && java -Djarmode=tools -jar target/batchgate.jar extract --layers --destination layers \
 && jar -xf layers/dependencies/lib/sqlite-jdbc-*.jar "org/sqlite/native/Linux/$(uname -m)/libsqlitejdbc.so" \
 && mkdir native && mv org/sqlite/native/Linux/*/libsqlitejdbc.so native/

FROM eclipse-temurin:25-jre AS app
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin batchgate
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/native/ native/
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
COPY ops/jvm.flags ./
# Folders that Tomcat wants and never writes to; it would make them under /tmp. The store is /data: mount a volume there, or it
# ends with the container. No VOLUME: Railway refuses it.
RUN mkdir -p public tomcat/work/Tomcat/localhost/ROOT /data && chown 10001:10001 /data
ENV PORT=8080 BATCHGATE_STORE_PATH=/data BATCHGATE_NATIVE_LIBRARIES=/app/native SERVER_TOMCAT_BASEDIR=/app/tomcat

# Loads and links the classes once for all starts, and remembers what got hot; see docs/decisions/0025.
FROM app AS trained
COPY ops/train ./
RUN bash ./train /batchgate.aot

FROM app
COPY --from=trained /batchgate.aot ./
# By number, so that Kubernetes' runAsNonRoot can tell.
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8080} && printf 'GET /actuator/health/liveness HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# Exec form, so that SIGTERM reaches the JVM. Further flags go into JAVA_TOOL_OPTIONS.
ENTRYPOINT ["java", "@jvm.flags", "-XX:AOTCache=batchgate.aot", "-jar", "batchgate.jar"]
